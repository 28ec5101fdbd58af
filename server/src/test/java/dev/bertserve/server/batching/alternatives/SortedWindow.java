package dev.bertserve.server.batching.alternatives;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Picks the rows nearest in length to the oldest, among the oldest four full batches. */
public final class SortedWindow implements BatchingPolicy {

  private static final int WINDOW_BATCHES = 4;

  private final int maxRows;
  private final List<SimulatedRow> waiting = new ArrayList<>();

  public SortedWindow(int maxRows) {
    this.maxRows = maxRows;
  }

  @Override
  public void offer(List<SimulatedRow> rows, long nowNanos) {
    waiting.addAll(rows);
  }

  @Override
  public List<SimulatedRow> next(long nowNanos) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    int length = waiting.get(0).tokens();
    int window = Math.min(waiting.size(), WINDOW_BATCHES * maxRows);
    List<SimulatedRow> near = new ArrayList<>(waiting.subList(0, window));
    near.sort(Comparator.comparingInt(row -> Math.abs(row.tokens() - length)));
    List<SimulatedRow> batch = new ArrayList<>(near.subList(0, Math.min(maxRows, near.size())));
    waiting.removeAll(batch);
    return batch;
  }
}
