package dev.bertserve.server.failure;

/** A failure that is reported to the client: a kind, and one line that the client may see. */
public class ServingException extends RuntimeException {

  private static final int NO_RETRY = 0;

  private final FailureKind kind;
  private final int retryAfterSeconds;

  public ServingException(FailureKind kind, String message) {
    this(kind, message, NO_RETRY);
  }

  /** {@code retryAfterSeconds} is when the client may try again; 0 if unknown. */
  public ServingException(FailureKind kind, String message, int retryAfterSeconds) {
    // The message says it all; a stack trace would cost more than the request.
    super(message, null, false, false);
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public FailureKind kind() {
    return kind;
  }

  /** Seconds after which to try again, or 0 if unknown. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
