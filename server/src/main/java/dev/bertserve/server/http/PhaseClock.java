package dev.bertserve.server.http;

import java.util.function.LongSupplier;

/**
 * The phase of a connection, and since when. Its event loop writes; any thread may read values that
 * are stale by the time they return.
 */
final class PhaseClock {

  private final LongSupplier clock;
  private volatile Phase phase = Phase.IDLE;
  private volatile long sinceNanos;

  /** Starts in {@link Phase#IDLE}. */
  PhaseClock(LongSupplier clock) {
    this.clock = clock;
    this.sinceNanos = clock.getAsLong();
  }

  void enter(Phase next) {
    phase = next;
    sinceNanos = clock.getAsLong();
  }

  Phase phase() {
    return phase;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  /** Whether the connection waits for bytes from its client. */
  boolean awaitsClient() {
    return phase == Phase.IDLE || phase == Phase.RECEIVING;
  }

  boolean isOverdue(HttpSettings settings) {
    return clock.getAsLong() - sinceNanos >= phase.limitNanos(settings);
  }
}
