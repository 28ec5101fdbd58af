package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchShape;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out, by running padding, how many batches side by side get through most. */
final class RunnerTrial {

  private static final Logger LOG = LoggerFactory.getLogger(RunnerTrial.class);

  /** By how much fewer runners must be ahead: by less they are by chance, on a busy machine. */
  private static final double AHEAD = 1.2;

  /** How often, without exception. */
  private static final int TIMES = 3;

  /** Long enough to be compared. */
  private static final long LEAST_NANOS = 10_000_000;

  private static final double NANOS_IN_SECOND = 1e9;

  private final Engine engine;
  private final Executor threads;
  private final LongSupplier clockNanos;

  RunnerTrial(Engine engine, Executor threads, LongSupplier clockNanos) {
    this.engine = engine;
    this.threads = threads;
    this.clockNanos = clockNanos;
  }

  /**
   * {@code most}, or half of them if they get through more, as where two processors are one core,
   * or half of those. The shapes must have been primed.
   */
  public int best(int most) {
    if (most == 1) {
      return 1;
    }
    BatchShape shape = comparable();
    return best(most, runners -> runsPerSecond(shape, runners));
  }

  /** {@code rate} is what so many runners get through. */
  static int best(int most, IntToDoubleFunction rate) {
    int best = most;
    while (best > 1 && isAhead(best / 2, best, rate)) {
      best /= 2;
    }
    return best;
  }

  private static boolean isAhead(int fewer, int more, IntToDoubleFunction rate) {
    for (int time = 0; time < TIMES; time++) {
      double share = rate.applyAsDouble(fewer) / rate.applyAsDouble(more);
      LOG.info(
          "runners: {} get through {} of what {} do",
          fewer,
          String.format(Locale.ROOT, "%.2f", share),
          more);
      if (share < AHEAD) {
        return false;
      }
    }
    return true;
  }

  /** The largest that is a quarter of the largest of all: long enough, and soon over. */
  private BatchShape comparable() {
    List<BatchShape> largestFirst = engine.shapes().largestFirst();
    int most = largestFirst.get(0).tokens() / 4;
    return largestFirst.stream()
        .filter(shape -> shape.tokens() <= most)
        .findFirst()
        .orElse(largestFirst.get(largestFirst.size() - 1));
  }

  private double runsPerSecond(BatchShape shape, int runners) {
    AtomicInteger runs = new AtomicInteger();
    long startNanos = clockNanos.getAsLong();
    SideBySide.run(
        threads,
        runners,
        () -> {
          do {
            engine.runPadding(shape);
            runs.incrementAndGet();
          } while (clockNanos.getAsLong() - startNanos < LEAST_NANOS);
        });
    return runs.get() * NANOS_IN_SECOND / (clockNanos.getAsLong() - startNanos);
  }
}
