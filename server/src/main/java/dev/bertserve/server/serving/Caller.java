package dev.bertserve.server.serving;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Who waits for a request.
 *
 * @param arrivedNanos when the request began to arrive, as {@link System#nanoTime} counts
 * @param timeout longest time from then that the caller waits
 * @param abandoned whether the caller has disconnected; called on any thread
 */
public record Caller(long arrivedNanos, Duration timeout, BooleanSupplier abandoned) {

  /** Stands for no timeout: longer than any request takes. */
  public static final Duration NO_TIMEOUT = Duration.ofDays(1);

  /** A caller within this process, who sets no timeout and asks at {@code nowNanos}. */
  public static Caller inProcess(long nowNanos) {
    return new Caller(nowNanos, NO_TIMEOUT, () -> false);
  }

  /** When the caller, or the server, which allows {@code most}, gives up. */
  long deadlineNanos(Duration most) {
    return arrivedNanos + Math.min(timeout.toNanos(), most.toNanos());
  }

  /** The same caller with a timeout of {@code most} at most. */
  public Caller within(Duration most) {
    return most.compareTo(timeout) < 0 ? new Caller(arrivedNanos, most, abandoned) : this;
  }
}
