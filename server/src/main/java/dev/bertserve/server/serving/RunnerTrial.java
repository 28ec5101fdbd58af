package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchShape;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the number of concurrent batches with the highest throughput, by running padding. */
final class RunnerTrial {

  private static final Logger LOG = LoggerFactory.getLogger(RunnerTrial.class);

  /**
   * Factor by which fewer runners must be faster. Smaller differences are noise on a busy machine.
   */
  private static final double MIN_SPEEDUP = 1.2;

  /** Number of comparisons that fewer runners must all win. */
  private static final int REPETITIONS = 3;

  /** Shortest time of a comparable measurement. */
  private static final long MIN_NANOS = 10_000_000;

  private final Engine engine;
  private final Executor threads;
  private final LongSupplier clockNanos;

  RunnerTrial(Engine engine, Executor threads, LongSupplier clockNanos) {
    this.engine = engine;
    this.threads = threads;
    this.clockNanos = clockNanos;
  }

  /**
   * Returns {@code max}, or half as many runners if their throughput is higher, as where two
   * processors share a core; then half of those, and so on. The engine must be warm.
   */
  public int best(int max) {
    if (max == 1) {
      return 1;
    }
    BatchShape shape = comparable();
    return best(max, runners -> runsPerSecond(shape, runners));
  }

  /** {@code rate} is the throughput of a number of runners. */
  static int best(int max, IntToDoubleFunction rate) {
    int best = max;
    while (best > 1 && isFaster(best / 2, best, rate)) {
      best /= 2;
    }
    return best;
  }

  private static boolean isFaster(int fewer, int more, IntToDoubleFunction rate) {
    for (int repetition = 0; repetition < REPETITIONS; repetition++) {
      double ratio = rate.applyAsDouble(fewer) / rate.applyAsDouble(more);
      LOG.info(
          "runners: {} have {} of the throughput of {}",
          fewer,
          String.format(Locale.ROOT, "%.2f", ratio),
          more);
      if (ratio < MIN_SPEEDUP) {
        return false;
      }
    }
    return true;
  }

  /**
   * The largest shape of at most a quarter of the tokens of the largest one: long enough to
   * measure, and soon done.
   */
  private BatchShape comparable() {
    List<BatchShape> largestFirst = engine.shapes().largestFirst();
    int max = largestFirst.get(0).tokens() / 4;
    return largestFirst.stream()
        .filter(shape -> shape.tokens() <= max)
        .findFirst()
        .orElse(largestFirst.get(largestFirst.size() - 1));
  }

  private double runsPerSecond(BatchShape shape, int runners) {
    return ConcurrentLoops.perSecond(
        threads,
        runners,
        () -> {
          engine.runPadding(shape);
          return 1;
        },
        MIN_NANOS,
        clockNanos);
  }
}
