package dev.bertserve.server.batching.alternatives;

import java.util.List;

/** A way of forming batches, to be compared in simulation. One thread. */
public interface Forming {

  /** Queues the rows of one request. */
  void offer(List<SimulatedRow> rows, long nowNanos);

  /** The next batch; empty if no row waits. */
  List<SimulatedRow> next(long nowNanos);

  /** Tells what a batch took. */
  default void ran(List<SimulatedRow> batch, long nanos) {}
}
