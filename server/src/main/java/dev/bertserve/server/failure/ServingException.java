package dev.bertserve.server.failure;

/** A failure that a client is told of: a kind, and one line that may be shown to it. */
public final class ServingException extends RuntimeException {

  private static final int NO_RETRY = 0;

  private final FailureKind kind;
  private final int retryAfterSeconds;

  public ServingException(FailureKind kind, String message) {
    this(kind, message, NO_RETRY);
  }

  /** {@code retryAfterSeconds} is when the client may try again; 0 says nothing about it. */
  public ServingException(FailureKind kind, String message, int retryAfterSeconds) {
    // The message tells all; a stack trace would cost more than the request.
    super(message, null, false, false);
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public FailureKind kind() {
    return kind;
  }

  /** Seconds after which to try again, or 0. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
