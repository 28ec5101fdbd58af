package dev.bertserve.benchmarks.load;

import java.util.concurrent.CompletableFuture;

/** The clock of a load run. */
interface Time {

  long nanos();

  /** Returns when {@code replies} is complete. */
  void await(CompletableFuture<?> replies);

  void waitUntil(long nanos);
}
