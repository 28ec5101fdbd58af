package dev.bertserve.server.serving.admission;

import java.util.concurrent.TimeUnit;

/** When to tell a refused caller to try again. */
public final class RetryAfter {

  private static final long MOST_SECONDS = 60;

  private RetryAfter() {}

  /** Seconds in which work of {@code drainNanos} is done: rounded up, from 1 to a minute. */
  public static int seconds(long drainNanos) {
    long whole = TimeUnit.NANOSECONDS.toSeconds(drainNanos);
    return (int) Math.min(MOST_SECONDS, 1 + Math.max(0, whole));
  }
}
