package dev.bertserve.server.batching;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Plans batches of packed rows: several rows per sequence. One thread.
 *
 * <p>For each length of a shape, rows fill one sequence after the other in order of turn, but a row
 * that fills the sequence exactly is preferred. The yield of a number of sequences is its real
 * tokens per nanosecond by the cost model. Among the candidates whose yield is near the best one,
 * the quickest is picked: where a large batch gains next to nothing, as on a CPU, rows that arrive
 * later wait less.
 */
final class PackedPlanner implements BatchPlanner {

  private static final int NONE = -1;

  private final BatchShapes shapes;
  private final int maxRows;
  private final CostModel costs;

  /** nanos[i][k]: time of k + 1 sequences of length i. */
  private final double[][] nanos;

  /** yields[i][k]: real tokens per nanosecond of the same; 0 if no rows are left for it. */
  private final double[][] yields;

  /** first[n]: the first row of n tokens, in order of turn, that is not picked yet; or NONE. */
  private final int[] first;

  /** next[row]: the next row of the same length; or NONE. */
  private int[] next = new int[0];

  /** Lower bound of the length of the rows that are left. */
  private int shortest;

  /**
   * The rows picked so far: index among the available rows, first token, sequence, and number
   * within the sequence.
   */
  private final int[] picked;

  private final int[] starts;
  private final int[] sequences;
  private final int[] ordinals;
  private int count;

  PackedPlanner(BatchShapes shapes, int maxRows, CostModel costs) {
    this.shapes = shapes;
    this.maxRows = maxRows;
    this.costs = costs;
    nanos = new double[shapes.lengths()][];
    yields = new double[shapes.lengths()][];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = new double[shapes.maxSequences(i)];
      yields[i] = new double[shapes.maxSequences(i)];
    }
    first = new int[shapes.length(shapes.lengths() - 1) + 1];
    picked = new int[maxRows];
    starts = new int[maxRows];
    sequences = new int[maxRows];
    ordinals = new int[maxRows];
  }

  @Override
  public Placement plan(int[] tokens, int rows, double share) {
    double best = 0;
    for (int i = 0; i < yields.length; i++) {
      fill(i, yields[i].length, tokens, rows);
      for (double yield : yields[i]) {
        best = Math.max(best, yield);
      }
    }
    double quickest = Double.POSITIVE_INFINITY;
    int length = 0;
    int sequencesOfIt = 0;
    for (int i = 0; i < yields.length; i++) {
      for (int k = 0; k < yields[i].length; k++) {
        if (yields[i][k] >= best * share && yields[i][k] > 0 && nanos[i][k] < quickest) {
          quickest = nanos[i][k];
          length = i;
          sequencesOfIt = k + 1;
        }
      }
    }
    return placement(fill(length, sequencesOfIt, tokens, rows));
  }

  private Placement placement(@Nullable BatchShape shape) {
    if (shape == null) {
      throw new IllegalStateException("shape: none (expected: one that holds the first row)");
    }
    int[] slots = new int[count];
    for (int i = 0; i < count; i++) {
      slots[i] = sequences[i] * shape.maxRowsPerSequence() + ordinals[i];
    }
    return new Placement(shape, Arrays.copyOf(picked, count), Arrays.copyOf(starts, count), slots);
  }

  /**
   * Fills up to {@code maxSequences} sequences of length {@code at}, and records the yield of each
   * number of sequences. Returns the shape of the picked rows; null if the first row is longer.
   */
  private @Nullable BatchShape fill(int at, int maxSequences, int[] tokens, int rows) {
    int length = shapes.length(at);
    int maxRowsPerSequence = shapes.maxRowsPerSequence(at);
    Arrays.fill(yields[at], 0);
    count = 0;
    if (tokens[0] > length) {
      return null;
    }
    makeAvailable(tokens, rows, length);
    BatchShape shape = null;
    int fullest = 0;
    int realTokens = 0;
    for (int sequence = 0; sequence < maxSequences; sequence++) {
      int before = count;
      int maxCount = Math.min(maxRows, before + maxRowsPerSequence);
      int room = length;
      while (count < maxCount && isRowUpTo(room)) {
        int row = best(room);
        first[tokens[row]] = next[row];
        picked[count] = row;
        starts[count] = sequence * length + length - room;
        sequences[count] = sequence;
        ordinals[count] = count - before;
        count++;
        room -= tokens[row];
      }
      fullest = Math.max(fullest, count - before);
      BatchShape larger = count == before ? null : shapes.smallest(at, sequence + 1, fullest);
      if (larger == null) {
        count = before;
        return shape;
      }
      shape = larger;
      realTokens += length - room;
      nanos[at][sequence] = costs.nanos(shape.tokens());
      yields[at][sequence] = realTokens / nanos[at][sequence];
    }
    return shape;
  }

  /** The best row for a sequence with {@code room}, which some row must fit. */
  private int best(int room) {
    // Row 0 goes first, even if another row would fill the sequence exactly.
    return count > 0 && first[room] != NONE ? first[room] : firstUpTo(room);
  }

  /** Whether a row of at most {@code max} tokens is left. */
  private boolean isRowUpTo(int max) {
    while (shortest <= max && first[shortest] == NONE) {
      shortest++;
    }
    return shortest <= max;
  }

  private int firstUpTo(int max) {
    int earliest = Integer.MAX_VALUE;
    for (int length = shortest; length <= max; length++) {
      if (first[length] != NONE) {
        earliest = Math.min(earliest, first[length]);
      }
    }
    return earliest;
  }

  /** Makes all rows of at most {@code longest} tokens available. */
  private void makeAvailable(int[] tokens, int rows, int longest) {
    if (next.length < rows) {
      next = new int[2 * rows];
    }
    Arrays.fill(first, NONE);
    for (int row = rows - 1; row >= 0; row--) {
      if (tokens[row] <= longest) {
        next[row] = first[tokens[row]];
        first[tokens[row]] = row;
      }
    }
    shortest = 1;
  }
}
