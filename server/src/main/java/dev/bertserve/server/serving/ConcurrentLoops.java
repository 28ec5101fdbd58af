package dev.bertserve.server.serving;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Runs one loop in several threads at the same time, as runners do. */
final class ConcurrentLoops {

  private ConcurrentLoops() {}

  /**
   * Returns when all {@code count} loops have ended; {@code threads} must have at least {@code
   * count} threads.
   */
  static void run(Executor threads, int count, Runnable loop) {
    CompletableFuture<?>[] loops = new CompletableFuture<?>[count];
    Arrays.setAll(loops, i -> CompletableFuture.runAsync(loop, threads));
    CompletableFuture.allOf(loops).join();
  }
}
