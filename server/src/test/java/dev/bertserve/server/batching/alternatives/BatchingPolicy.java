package dev.bertserve.server.batching.alternatives;

import java.util.List;

/** A batching policy for simulation. One thread. */
public interface BatchingPolicy {

  /** Queues the rows of one request. */
  void offer(List<SimulatedRow> rows, long nowNanos);

  /** Returns the next batch; empty if no row waits. */
  List<SimulatedRow> next(long nowNanos);

  /** Records the time of a batch. */
  default void ran(List<SimulatedRow> batch, long nanos) {}
}
