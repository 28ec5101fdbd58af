package dev.bertserve.server.batching;

import java.util.Arrays;
import java.util.List;

/**
 * Picks, from the rows whose turn is near, as many as fill sequences one after the other: each
 * takes the rows that still fit, in order of turn. Sequences are as long and as many as yield the
 * most real tokens a nanosecond by the cost model. Of those that are nearly as good, the quickest
 * are taken: where a large batch gains next to nothing, as on a CPU, rows that arrive now wait
 * less. One thread.
 */
final class FullSequences<T extends Batchable> implements RowSelection<T> {

  private final SequenceShapes shapes;
  private final BatchShape[] largest;
  private final int maxRows;
  private final CostModel costs;

  /** Time of as many sequences as the place says, and one, of each of {@link #largest}. */
  private final double[][] nanos;

  /** Real tokens a nanosecond of the same; 0 where no row was left for so many. */
  private final double[][] yields;

  /** Whether the row at the same place of those that are near is picked. */
  private boolean[] taken = new boolean[0];

  /** How many rows there still are of as many tokens as the place says. */
  private final int[] left;

  /** No row that is left has fewer tokens. */
  private int shortest;

  FullSequences(SequenceShapes shapes, BatchPolicy policy, CostModel costs) {
    this.shapes = shapes.upTo(policy.maxTokens());
    this.largest = this.shapes.largest().toArray(new BatchShape[0]);
    this.maxRows = policy.maxRows();
    this.costs = costs;
    left = new int[1 + Arrays.stream(largest).mapToInt(BatchShape::length).max().orElse(0)];
    nanos = new double[largest.length][];
    yields = new double[largest.length][];
    for (int i = 0; i < largest.length; i++) {
      nanos[i] = new double[largest[i].sequences()];
      yields[i] = new double[largest[i].sequences()];
    }
  }

  @Override
  public void pick(List<Waiting<T>> near, double share, List<Waiting<T>> picked) {
    double best = 0;
    for (int i = 0; i < largest.length; i++) {
      fill(i, largest[i].sequences(), near, picked);
      for (double yield : yields[i]) {
        best = Math.max(best, yield);
      }
    }
    if (best == 0) {
      // Longer than any sequence.
      picked.clear();
      picked.add(near.get(0));
      return;
    }
    fillQuickest(best * share, near, picked);
  }

  private void fillQuickest(double enough, List<Waiting<T>> near, List<Waiting<T>> picked) {
    double quickest = Double.POSITIVE_INFINITY;
    int shape = 0;
    int sequences = 0;
    for (int i = 0; i < largest.length; i++) {
      for (int j = 0; j < yields[i].length; j++) {
        if (yields[i][j] >= enough && nanos[i][j] < quickest) {
          quickest = nanos[i][j];
          shape = i;
          sequences = j + 1;
        }
      }
    }
    fill(shape, sequences, near, picked);
  }

  /** Fills up to {@code sequences} of those of {@code shape}, and notes what they yield. */
  private void fill(int shape, int sequences, List<Waiting<T>> near, List<Waiting<T>> picked) {
    int length = largest[shape].length();
    Arrays.fill(yields[shape], 0);
    picked.clear();
    if (near.get(0).tokens > length) {
      return;
    }
    forgetTaken(near, length);
    int tokens = 0;
    int longest = 0;
    for (int sequence = 0; sequence < sequences; sequence++) {
      int before = picked.size();
      int mostRows = Math.min(maxRows, before + largest[shape].rowsOfOne());
      int room = length;
      while (picked.size() < mostRows && isRowUpTo(room)) {
        // Whoever's turn it is runs now, even if another row would fill the sequence.
        boolean fill = !picked.isEmpty() && left[room] > 0;
        int place = fill ? firstOf(room, near) : firstUpTo(room, near);
        Waiting<T> row = near.get(place);
        taken[place] = true;
        left[row.tokens]--;
        picked.add(row);
        room -= row.tokens;
        tokens += row.tokens;
        longest = Math.max(longest, row.tokens);
      }
      if (picked.size() == before) {
        return;
      }
      int padded =
          sequence == 0
              ? shapes.padded(picked.size(), tokens, longest)
              : shapes.tokens(sequence + 1, length);
      nanos[shape][sequence] = costs.nanos(padded);
      yields[shape][sequence] = tokens / nanos[shape][sequence];
    }
  }

  /** Whether a row of up to {@code most} tokens is left. */
  private boolean isRowUpTo(int most) {
    while (shortest <= most && left[shortest] == 0) {
      shortest++;
    }
    return shortest <= most;
  }

  private int firstUpTo(int most, List<Waiting<T>> near) {
    int place = 0;
    while (taken[place] || near.get(place).tokens > most) {
      place++;
    }
    return place;
  }

  private int firstOf(int tokens, List<Waiting<T>> near) {
    int place = 0;
    while (taken[place] || near.get(place).tokens != tokens) {
      place++;
    }
    return place;
  }

  private void forgetTaken(List<Waiting<T>> near, int longest) {
    if (taken.length < near.size()) {
      taken = new boolean[2 * near.size()];
    }
    Arrays.fill(taken, 0, near.size(), false);
    Arrays.fill(left, 0);
    for (int i = 0; i < near.size(); i++) {
      if (near.get(i).tokens <= longest) {
        left[near.get(i).tokens]++;
      }
    }
    shortest = 1;
  }
}
