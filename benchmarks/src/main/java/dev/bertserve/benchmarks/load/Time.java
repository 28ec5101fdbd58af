package dev.bertserve.benchmarks.load;

import java.util.concurrent.CompletableFuture;

/** The time that a run goes by. */
interface Time {

  long nanos();

  /** Returns when {@code answers} is complete. */
  void await(CompletableFuture<?> answers);

  void waitUntil(long nanos);
}
