package dev.bertserve.server.storage;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Lines on how much of a download has arrived. Bytes are added by any thread. */
final class Progress {

  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final double BYTES_IN_MEGABYTE = 1e6;
  private static final double NANOS_IN_SECOND = 1e9;

  private final String what;
  private final long total;
  private final long startNanos;
  private final Consumer<String> lines;
  private final LongAdder arrived = new LongAdder();
  private long lastNanos;

  Progress(String what, long total, long nowNanos, Consumer<String> lines) {
    this.what = what;
    this.total = total;
    this.lines = lines;
    startNanos = nowNanos;
    lastNanos = nowNanos;
  }

  void add(long bytes) {
    arrived.add(bytes);
  }

  /** Writes a line, unless one was written some seconds ago. */
  void tick(long nowNanos) {
    if (nowNanos - lastNanos >= PERIOD_NANOS) {
      lastNanos = nowNanos;
      lines.accept("downloading " + line(nowNanos));
    }
  }

  void end(long nowNanos) {
    lines.accept("downloaded " + line(nowNanos));
  }

  private String line(long nowNanos) {
    double seconds = (nowNanos - startNanos) / NANOS_IN_SECOND;
    double megabytes = arrived.sum() / BYTES_IN_MEGABYTE;
    return String.format(
        Locale.ROOT,
        "%s: %.1f of %.1f MB, %.1f MB/s",
        what,
        megabytes,
        total / BYTES_IN_MEGABYTE,
        megabytes / Math.max(seconds, 1e-3));
  }
}
