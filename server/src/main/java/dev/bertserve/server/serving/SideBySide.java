package dev.bertserve.server.serving;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** One loop in several threads at once, as runners run. */
final class SideBySide {

  private SideBySide() {}

  /** Returns when all {@code count} loops have ended; {@code threads} must have as many. */
  static void run(Executor threads, int count, Runnable loop) {
    CompletableFuture<?>[] loops = new CompletableFuture<?>[count];
    Arrays.setAll(loops, i -> CompletableFuture.runAsync(loop, threads));
    CompletableFuture.allOf(loops).join();
  }
}
