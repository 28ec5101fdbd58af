package dev.bertserve.server.http;

/**
 * How long a stopping server still accepts connections: until none has come for a moment, or until
 * its time is up. Not safe for threads.
 */
final class AcceptWindow {

  private final long quietNanos;
  private final long endNanos;
  private long lastNanos;

  /** Open from {@code nowNanos} on, for at most {@code limitNanos}. */
  AcceptWindow(long nowNanos, long quietNanos, long limitNanos) {
    this.quietNanos = quietNanos;
    this.endNanos = nowNanos + limitNanos;
    this.lastNanos = nowNanos;
  }

  /** A connection has come. */
  void accepted(long nowNanos) {
    lastNanos = nowNanos;
  }

  /** Remaining time if no connection comes; 0 or less once the window has ended. */
  long leftNanos(long nowNanos) {
    return Math.min(lastNanos + quietNanos - nowNanos, endNanos - nowNanos);
  }
}
