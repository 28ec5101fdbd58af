package dev.bertserve.server.batching;

import java.util.Arrays;
import java.util.List;

/**
 * Picks, from the rows whose turn is near, as many as fill sequences one after the other: each
 * takes the rows that still fit, in order of turn. Of as many sequences as yield nearly the most
 * real tokens a nanosecond by the cost model, the fewest are filled: where a large batch gains next
 * to nothing, as on a CPU, rows that arrive now wait less. One thread.
 */
final class FullSequences<T extends Batchable> implements RowSelection<T> {

  private final SequenceShapes shapes;
  private final int maxRows;
  private final CostModel costs;

  /** Whether the row at the same place of those that are near is picked. */
  private boolean[] taken = new boolean[0];

  /** After the sequence at the same place: rows in all, and what they yield. */
  private int[] rows = new int[0];

  private double[] yields = new double[0];

  FullSequences(SequenceShapes shapes, BatchPolicy policy, CostModel costs) {
    this.shapes = shapes.upTo(policy.maxTokens());
    this.maxRows = policy.maxRows();
    this.costs = costs;
  }

  @Override
  public void pick(List<Waiting<T>> near, double share, List<Waiting<T>> picked) {
    BatchShape largest = shapes.largest(near.get(0).tokens);
    makeRoom(near.size(), largest.sequences());
    picked.clear();
    int tokens = 0;
    int longest = 0;
    int sequences = 0;
    double best = 0;
    while (sequences < largest.sequences()) {
      int before = picked.size();
      int room = largest.length();
      for (int i = 0; i < near.size() && canTake(picked.size(), before, largest); i++) {
        int length = near.get(i).tokens;
        if (!taken[i] && length <= room) {
          taken[i] = true;
          picked.add(near.get(i));
          room -= length;
          tokens += length;
          longest = Math.max(longest, length);
        }
      }
      if (picked.size() == before) {
        break;
      }
      yields[sequences] = tokens / costs.nanos(shapes.padded(picked.size(), tokens, longest));
      rows[sequences] = picked.size();
      best = Math.max(best, yields[sequences]);
      sequences++;
    }
    keep(fewest(sequences, best * share), picked);
  }

  private boolean canTake(int count, int before, BatchShape shape) {
    return count < maxRows && count - before < shape.rowsOfOne();
  }

  /** Rows of the fewest sequences that yield {@code enough}. */
  private int fewest(int sequences, double enough) {
    for (int i = 0; i < sequences; i++) {
      if (yields[i] >= enough) {
        return rows[i];
      }
    }
    return rows[sequences - 1];
  }

  private static <T> void keep(int count, List<T> picked) {
    for (int i = picked.size() - 1; i >= count; i--) {
      picked.remove(i);
    }
  }

  private void makeRoom(int near, int sequences) {
    if (taken.length < near) {
      taken = new boolean[2 * near];
    }
    Arrays.fill(taken, 0, near, false);
    if (rows.length < sequences) {
      rows = new int[sequences];
      yields = new double[sequences];
    }
  }
}
