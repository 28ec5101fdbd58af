package dev.bertserve.server.inference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out, by running padding, how many batches side by side get through most. */
public final class RunnerTrial {

  private static final Logger LOG = LoggerFactory.getLogger(RunnerTrial.class);

  /** Of which the best one counts: others may have used the machine in some. */
  private static final int ROUNDS = 3;

  /** By how much fewer runners must be ahead: by less they may be by chance. */
  private static final double AHEAD = 1.1;

  /** Long enough to be compared. */
  private static final long LEAST_NANOS = 10_000_000;

  private static final double NANOS_IN_SECOND = 1e9;

  private final Engine<?> engine;
  private final Executor threads;
  private final LongSupplier clockNanos;

  public RunnerTrial(Engine<?> engine, Executor threads, LongSupplier clockNanos) {
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
    TileShape shape = comparable();
    return best(most, runners -> runsPerSecond(shape, runners));
  }

  /** {@code rate} is what so many runners get through. */
  static int best(int most, IntToDoubleFunction rate) {
    int best = most;
    // Fewer must be ahead twice: once may be chance.
    while (best > 1 && isAhead(best / 2, best, rate) && isAhead(best / 2, best, rate)) {
      best /= 2;
    }
    return best;
  }

  private static boolean isAhead(int fewer, int more, IntToDoubleFunction rate) {
    double fewerRate = 0;
    double moreRate = 0;
    for (int round = 0; round < ROUNDS; round++) {
      moreRate = Math.max(moreRate, rate.applyAsDouble(more));
      fewerRate = Math.max(fewerRate, rate.applyAsDouble(fewer));
    }
    LOG.info(
        "runners: {} get through {} of what {} do",
        fewer,
        String.format(Locale.ROOT, "%.2f", fewerRate / moreRate),
        more);
    return fewerRate >= AHEAD * moreRate;
  }

  /**
   * Of shapes from the smallest on, each at least twice as large, the first that runs long enough.
   */
  private TileShape comparable() {
    List<TileShape> upwards = new ArrayList<>(engine.shapes());
    Collections.reverse(upwards);
    TileShape longest = upwards.get(0);
    for (TileShape shape : upwards) {
      if (shape.equals(longest) || shape.tokens() >= 2 * longest.tokens()) {
        longest = shape;
        long startNanos = clockNanos.getAsLong();
        engine.runPadding(shape);
        if (clockNanos.getAsLong() - startNanos >= LEAST_NANOS) {
          break;
        }
      }
    }
    return longest;
  }

  private double runsPerSecond(TileShape shape, int runners) {
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
