package dev.bertserve.server.inference;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.util.concurrent.atomic.AtomicInteger;

/** The one bound on work: rows that were let in and are not yet answered. Any thread. */
public final class AdmissionGate {

  private static final int RETRY_AFTER_SECONDS = 1;

  private final int maxRows;
  private final AtomicInteger inFlight = new AtomicInteger();

  public AdmissionGate(int maxRows) {
    if (maxRows < 1) {
      throw new IllegalArgumentException("maxRows: " + maxRows + " (expected: >= 1)");
    }
    this.maxRows = maxRows;
  }

  /** Lets {@code rows} in, all or none; each must {@link #leave} once. */
  void enter(int rows) {
    if (rows > maxRows) {
      throw new ServingException(
          FailureKind.TOO_LARGE,
          "instances: " + rows + " rows (expected: at most " + maxRows + " in one request)");
    }
    int others = inFlight.get();
    while (rows <= maxRows - others) {
      if (inFlight.compareAndSet(others, others + rows)) {
        return;
      }
      others = inFlight.get();
    }
    throw new ServingException(
        FailureKind.OVERLOADED,
        "overloaded: "
            + others
            + " rows in flight (expected: at most "
            + maxRows
            + " with the "
            + rows
            + " of this request)",
        RETRY_AFTER_SECONDS);
  }

  void leave(int rows) {
    inFlight.addAndGet(-rows);
  }

  /** Rows let in and not yet answered; may be stale by the time it returns. */
  public int rowsInFlight() {
    return inFlight.get();
  }
}
