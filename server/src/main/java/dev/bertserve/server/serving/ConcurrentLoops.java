package dev.bertserve.server.serving;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Runs one loop in several threads at the same time, as runners do. */
final class ConcurrentLoops {

  private static final double NANOS_IN_SECOND = 1e9;

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

  /**
   * Work per second while {@code count} loops run {@code step} for at least {@code minNanos}.
   *
   * @param step returns how much work it did
   */
  static double perSecond(
      Executor threads, int count, IntSupplier step, long minNanos, LongSupplier clockNanos) {
    AtomicLong done = new AtomicLong();
    long startNanos = clockNanos.getAsLong();
    run(
        threads,
        count,
        () -> {
          do {
            done.addAndGet(step.getAsInt());
          } while (clockNanos.getAsLong() - startNanos < minNanos);
        });
    return done.get() * NANOS_IN_SECOND / (clockNanos.getAsLong() - startNanos);
  }
}
