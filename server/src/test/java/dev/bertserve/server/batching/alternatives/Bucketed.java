package dev.bertserve.server.batching.alternatives;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One queue for each range of sixteen lengths; the batch comes from the one with the oldest row.
 */
public final class Bucketed implements BatchingPolicy {

  private static final int WIDTH = 16;
  private static final int BUCKETS = 32;

  private record Arrived(SimulatedRow row, long order) {}

  private final int maxRows;
  private final List<ArrayDeque<Arrived>> buckets = new ArrayList<>();
  private long order;

  public Bucketed(int maxRows) {
    this.maxRows = maxRows;
    for (int i = 0; i < BUCKETS; i++) {
      buckets.add(new ArrayDeque<>());
    }
  }

  @Override
  public void offer(List<SimulatedRow> rows, long nowNanos) {
    for (SimulatedRow row : rows) {
      buckets.get((row.tokens() - 1) / WIDTH).add(new Arrived(row, order++));
    }
  }

  @Override
  public List<SimulatedRow> next(long nowNanos) {
    ArrayDeque<Arrived> chosen = buckets.get(0);
    long oldest = Long.MAX_VALUE;
    for (ArrayDeque<Arrived> bucket : buckets) {
      if (!bucket.isEmpty() && bucket.element().order() < oldest) {
        oldest = bucket.element().order();
        chosen = bucket;
      }
    }
    List<SimulatedRow> batch = new ArrayList<>();
    while (batch.size() < maxRows && !chosen.isEmpty()) {
      batch.add(chosen.poll().row());
    }
    return batch;
  }
}
