package dev.bertserve.server.batching.alternatives;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** First come, first served, whatever the lengths. */
public final class Fifo implements BatchingPolicy {

  private final int maxRows;
  private final ArrayDeque<SimulatedRow> waiting = new ArrayDeque<>();

  public Fifo(int maxRows) {
    this.maxRows = maxRows;
  }

  @Override
  public void offer(List<SimulatedRow> rows, long nowNanos) {
    waiting.addAll(rows);
  }

  @Override
  public List<SimulatedRow> next(long nowNanos) {
    List<SimulatedRow> batch = new ArrayList<>();
    while (batch.size() < maxRows && !waiting.isEmpty()) {
      batch.add(waiting.poll());
    }
    return batch;
  }
}
