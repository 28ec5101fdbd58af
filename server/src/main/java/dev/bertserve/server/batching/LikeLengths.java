package dev.bertserve.server.batching;

import java.util.Arrays;
import java.util.List;

/**
 * Picks, from the rows whose turn is near, those that run best with the first one. One thread.
 *
 * <p>Sorted by length, a batch is a run of neighbours that holds the first row. The best run gets
 * the most real tokens a nanosecond by the cost model, so it weighs padding against the fixed part
 * of one more batch. Of the runs that are nearly as good, the quickest is taken: where a large
 * batch gains next to nothing, as on a CPU, rows that arrive now wait less.
 */
final class LikeLengths<T extends Batchable> implements RowSelection<T> {

  private final RowShapes shapes;
  private final int maxRows;
  private final int maxTokens;
  private final CostModel costs;

  /** Tokens, above the index among those that are near: sorted, by length and then by turn. */
  private long[] keys = new long[0];

  /** Tokens of all that are shorter. */
  private int[] sums = new int[1];

  private int first;
  private int last;

  LikeLengths(RowShapes shapes, BatchPolicy policy, CostModel costs) {
    this.shapes = shapes;
    this.maxRows = policy.maxRows();
    this.maxTokens = policy.maxTokens();
    this.costs = costs;
  }

  @Override
  public void pick(List<Waiting<T>> near, double share, List<Waiting<T>> picked) {
    int count = near.size();
    sort(near);
    int place = 0;
    while (index(place) != 0) {
      place++;
    }
    double best = search(count, place, Double.NaN);
    search(count, place, best * share);
    picked.clear();
    for (int i = first; i <= last; i++) {
      picked.add(near.get(index(i)));
    }
  }

  private void sort(List<Waiting<T>> near) {
    int count = near.size();
    if (keys.length < count) {
      keys = new long[2 * count];
      sums = new int[2 * count + 1];
    }
    for (int i = 0; i < count; i++) {
      keys[i] = (long) near.get(i).tokens << Integer.SIZE | i;
    }
    Arrays.sort(keys, 0, count);
    for (int i = 0; i < count; i++) {
      sums[i + 1] = sums[i] + tokens(i);
    }
  }

  private int tokens(int place) {
    return (int) (keys[place] >>> Integer.SIZE);
  }

  private int index(int place) {
    return (int) keys[place];
  }

  /**
   * Walks all runs that hold {@code place}. With {@code enough} not a number, answers the best
   * yield; else leaves in {@link #first} and {@link #last} the quickest run that yields that.
   */
  private double search(int count, int place, double enough) {
    double best = 0;
    double quickest = Double.POSITIVE_INFINITY;
    int end = Math.min(count, place + maxRows);
    for (int right = place; right < end; right++) {
      int longest = tokens(right);
      int most = Math.min(maxRows, Math.min(shapes.mostRows(longest), maxTokens / longest));
      for (int left = Math.max(0, right - Math.max(1, most) + 1); left <= place; left++) {
        double nanos = costs.nanos(shapes.padded(right - left + 1, longest));
        double yield = (sums[right + 1] - sums[left]) / nanos;
        best = Math.max(best, yield);
        if (yield >= enough && nanos < quickest) {
          quickest = nanos;
          first = left;
          last = right;
        }
      }
    }
    return best;
  }
}
