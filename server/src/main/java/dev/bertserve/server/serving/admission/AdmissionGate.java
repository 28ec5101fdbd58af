package dev.bertserve.server.serving.admission;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.util.function.LongSupplier;

/**
 * The only limit on work in flight: rows, and bytes of their texts and outputs, that are admitted
 * and not yet written or dropped. Any thread.
 */
public final class AdmissionGate {

  private static final String TEXT_AND_ANSWERS = "bytes of text and answers";

  private final int maxRows;
  private final long maxBytes;
  private final LongSupplier drainNanos;

  @GuardedBy("this")
  private int rowsInFlight;

  @GuardedBy("this")
  private long bytesInFlight;

  /** {@code drainNanos} returns the estimated time until all waiting rows have run. */
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

  /** Throws OVERLOADED if not even one row would be admitted. */
  public void requireRoom() {
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
      throw overloaded(
          bytes + " " + TEXT_AND_ANSWERS + " in flight (expected: fewer than " + maxBytes + ")");
    }
  }

  /**
   * Admits all rows of a request, or none.
   *
   * @param bytes of its texts and outputs
   * @return a permit, which the caller closes
   */
  public Permit enter(int rows, long bytes) {
    requireWithinLimits(rows, bytes);
    // Created first, so that nothing can fail between counting and returning.
    Permit permit = new Permit(() -> leave(rows, bytes));
    int otherRows;
    long otherBytes;
    synchronized (this) {
      otherRows = rowsInFlight;
      otherBytes = bytesInFlight;
      if (rows <= maxRows - otherRows && bytes <= maxBytes - otherBytes) {
        rowsInFlight += rows;
        bytesInFlight += bytes;
        return permit;
      }
    }
    if (rows > maxRows - otherRows) {
      throw overloaded("rows", otherRows, rows, maxRows);
    }
    throw overloaded(TEXT_AND_ANSWERS, otherBytes, bytes, maxBytes);
  }

  private synchronized void leave(int rows, long bytes) {
    rowsInFlight -= rows;
    bytesInFlight -= bytes;
  }

  /** Largest number of rows of one request. */
  public int maxRows() {
    return maxRows;
  }

  /** Largest number of bytes of one request. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Rows admitted and not yet written or dropped; may be stale by the time it returns. */
  public synchronized int rowsInFlight() {
    return rowsInFlight;
  }

  private void requireWithinLimits(int rows, long bytes) {
    if (rows > maxRows) {
      throw new ServingException(
          FailureKind.TOO_LARGE,
          "instances: " + rows + " rows (expected: at most " + maxRows + " in one request)");
    }
    if (bytes > maxBytes) {
      throw new ServingException(
          FailureKind.TOO_LARGE,
          "instances: "
              + rows
              + " rows of "
              + bytes
              + " "
              + TEXT_AND_ANSWERS
              + " (expected: at most "
              + maxBytes
              + ", about "
              + (long) ((double) rows * maxBytes / bytes)
              + " such rows, in one request)");
    }
  }

  private ServingException overloaded(String unit, long others, long requested, long limit) {
    return overloaded(
        others
            + " "
            + unit
            + " in flight (expected: at most "
            + limit
            + " with the "
            + requested
            + " of this request)");
  }

  private ServingException overloaded(String why) {
    return new ServingException(
        FailureKind.OVERLOADED, "overloaded: " + why, RetryAfter.seconds(drainNanos.getAsLong()));
  }
}
