package dev.bertserve.server.cli;

import dev.bertserve.server.bulk.JoinedRows;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Prints progress to standard error: a line that changes on a terminal, and a summary at the end.
 */
final class Progress {

  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final double NANOS_IN_SECOND = 1e9;

  private final JoinedRows input;
  private final LongSupplier clockNanos;
  private final boolean terminal = Boolean.getBoolean("bertserve.terminal");
  private final long startNanos;
  private long shownNanos;
  private long rows;

  private Progress(JoinedRows input, LongSupplier clockNanos) {
    this.input = input;
    this.clockNanos = clockNanos;
    this.startNanos = clockNanos.getAsLong();
    this.shownNanos = startNanos;
  }

  static Progress start(JoinedRows input, LongSupplier clockNanos) {
    return new Progress(input, clockNanos);
  }

  /** {@code count} more rows are written. */
  void add(long count) {
    rows += count;
    long now = clockNanos.getAsLong();
    if (terminal && now - shownNanos >= PERIOD_NANOS) {
      shownNanos = now;
      System.err.print("\r" + line(now) + "  ");
    }
  }

  private String line(long now) {
    double seconds = Math.max(1e-9, (now - startNanos) / NANOS_IN_SECOND);
    String line = String.format(Locale.ROOT, "%,d rows, %,.0f a second", rows, rows / seconds);
    double share = share();
    return share <= 0
        ? line
        : line
            + String.format(
                Locale.ROOT, ", %.0f %%, %.0f s left", 100 * share, seconds * (1 - share) / share);
  }

  /** Share of the input that was read; 0 if it is not known. */
  private double share() {
    try {
      return input.share();
    } catch (IOException e) {
      return 0;
    }
  }

  /** {@code failed} rows could not be scored. */
  void end(long failed) {
    double seconds = Math.max(1e-9, (clockNanos.getAsLong() - startNanos) / NANOS_IN_SECOND);
    System.err.printf(
        Locale.ROOT,
        "%s%d rows in %.1f s, %.0f a second; %d failed%n",
        terminal ? "\r" : "",
        rows,
        seconds,
        rows / seconds,
        failed);
  }
}
