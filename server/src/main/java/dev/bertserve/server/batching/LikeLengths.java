package dev.bertserve.server.batching;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Picks, from the rows whose turn is near, those that run best with the first one. One thread.
 *
 * <p>Sorted by length, a batch is a run of neighbours that holds the first row. The best run gets
 * the most real tokens a nanosecond by the cost model, so it weighs padding against the fixed part
 * of one more batch. Of the runs that are as good but for {@link #WORTH}, the quickest is taken:
 * where a large batch gains next to nothing, as on a CPU, rows that arrive now wait less.
 */
final class LikeLengths<T extends Batchable> {

  private static final double WORTH = 0.98;

  private final int maxRows;
  private final int maxTokens;
  private final CostModel costs;
  private final Comparator<Waiting<T>> byLength = Comparator.comparingInt(one -> one.tokens);

  private int first;
  private int last;

  LikeLengths(BatchPolicy policy, CostModel costs) {
    this.maxRows = policy.maxRows();
    this.maxTokens = policy.maxTokens();
    this.costs = costs;
  }

  /** The batch, never empty, with the first of {@code near} in it; {@code near} gets reordered. */
  List<Waiting<T>> pick(List<Waiting<T>> near) {
    Waiting<T> seed = near.get(0);
    near.sort(byLength);
    int place = near.indexOf(seed);
    int[] sums = sums(near);
    double best = search(near, sums, place, Double.NaN);
    search(near, sums, place, best * WORTH);
    return new ArrayList<>(near.subList(first, last + 1));
  }

  /**
   * Walks all runs that hold {@code place}. With {@code enough} not a number, answers the best
   * yield; else leaves in {@link #first} and {@link #last} the quickest run that yields that.
   */
  private double search(List<Waiting<T>> sorted, int[] sums, int place, double enough) {
    double best = 0;
    double quickest = Double.POSITIVE_INFINITY;
    int end = Math.min(sorted.size(), place + maxRows);
    for (int right = place; right < end; right++) {
      int longest = sorted.get(right).tokens;
      int most = Math.max(1, Math.min(maxRows, maxTokens / longest));
      for (int left = Math.max(0, right - most + 1); left <= place; left++) {
        double nanos = costs.nanos(right - left + 1, longest);
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

  private int[] sums(List<Waiting<T>> sorted) {
    int[] sums = new int[sorted.size() + 1];
    for (int i = 0; i < sorted.size(); i++) {
      sums[i + 1] = sums[i] + sorted.get(i).tokens;
    }
    return sums;
  }
}
