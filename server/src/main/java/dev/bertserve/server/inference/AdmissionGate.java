package dev.bertserve.server.inference;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.util.function.LongSupplier;

/** The one bound on work: rows, and bytes of text, let in and not yet answered. Any thread. */
public final class AdmissionGate {

  private final int maxRows;
  private final long maxBytes;
  private final LongSupplier drainNanos;

  @GuardedBy("this")
  private int rowsInFlight;

  @GuardedBy("this")
  private long bytesInFlight;

  /** {@code drainNanos} answers how long the work that waits now will take. */
  public AdmissionGate(int maxRows, long maxBytes, LongSupplier drainNanos) {
    if (maxRows < 1) {
      throw new IllegalArgumentException("maxRows: " + maxRows + " (expected: >= 1)");
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: >= 1)");
    }
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
    this.drainNanos = drainNanos;
  }

  /** Refuses while it would let nothing in. */
  void requireRoom() {
    int rows;
    long bytes;
    synchronized (this) {
      rows = rowsInFlight;
      bytes = bytesInFlight;
    }
    if (rows >= maxRows) {
      throw overloaded(rows + " rows in flight (expected: fewer than " + maxRows + ")");
    }
    if (bytes >= maxBytes) {
      throw overloaded(bytes + " bytes of text in flight (expected: fewer than " + maxBytes + ")");
    }
  }

  /** Lets all rows of a request in, or none; what is let in must {@link #leave} once. */
  void enter(int rows, long bytes) {
    requireEverPossible("rows", rows, maxRows);
    requireEverPossible("bytes of text", bytes, maxBytes);
    int otherRows;
    long otherBytes;
    synchronized (this) {
      otherRows = rowsInFlight;
      otherBytes = bytesInFlight;
      if (rows <= maxRows - otherRows && bytes <= maxBytes - otherBytes) {
        rowsInFlight += rows;
        bytesInFlight += bytes;
        return;
      }
    }
    if (rows > maxRows - otherRows) {
      throw overloaded("rows", otherRows, rows, maxRows);
    }
    throw overloaded("bytes of text", otherBytes, bytes, maxBytes);
  }

  synchronized void leave(int rows, long bytes) {
    rowsInFlight -= rows;
    bytesInFlight -= bytes;
  }

  /** Rows that one request may have. */
  int maxRows() {
    return maxRows;
  }

  /** Rows let in and not yet answered; may be stale by the time it returns. */
  public synchronized int rowsInFlight() {
    return rowsInFlight;
  }

  private static void requireEverPossible(String unit, long asked, long most) {
    if (asked > most) {
      throw new ServingException(
          FailureKind.TOO_LARGE,
          "instances: " + asked + " " + unit + " (expected: at most " + most + " in one request)");
    }
  }

  private ServingException overloaded(String unit, long others, long asked, long most) {
    return overloaded(
        others
            + " "
            + unit
            + " in flight (expected: at most "
            + most
            + " with the "
            + asked
            + " of this request)");
  }

  private ServingException overloaded(String why) {
    return new ServingException(
        FailureKind.OVERLOADED, "overloaded: " + why, RetryAfter.seconds(drainNanos.getAsLong()));
  }
}
