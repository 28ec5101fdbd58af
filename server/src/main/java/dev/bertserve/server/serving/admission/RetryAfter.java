package dev.bertserve.server.serving.admission;

import java.util.concurrent.TimeUnit;

/** The Retry-After of a rejected request. */
public final class RetryAfter {

  private static final long MAX_SECONDS = 60;

  private RetryAfter() {}

  /** Seconds in which work of {@code drainNanos} finishes: rounded up, from 1 to 60. */
  public static int seconds(long drainNanos) {
    long whole = TimeUnit.NANOSECONDS.toSeconds(drainNanos);
    return (int) Math.min(MAX_SECONDS, 1 + Math.max(0, whole));
  }
}
