package dev.bertserve.server.metrics;

import java.time.Duration;

/** Upper bounds of histogram buckets. */
final class Buckets {

  private static final long[] MILLIS = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000
  };

  private Buckets() {}

  /** From a millisecond to the minute after which Vertex AI times out. */
  static Duration[] latency() {
    Duration[] bounds = new Duration[MILLIS.length];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = Duration.ofMillis(MILLIS[i]);
    }
    return bounds;
  }

  /** The first {@code count} powers of two. */
  static double[] powersOfTwo(int count) {
    double[] bounds = new double[count];
    double bound = 1;
    for (int i = 0; i < count; i++) {
      bounds[i] = bound;
      bound *= 2;
    }
    return bounds;
  }
}
