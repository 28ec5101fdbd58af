package dev.bertserve.server.failure;

/** What went wrong, and the one HTTP status it has. */
public enum FailureKind {
  /** The request breaks a rule; sending it again will not help. */
  INVALID(400),
  NOT_FOUND(404),
  METHOD_NOT_ALLOWED(405),
  TOO_LARGE(413),
  /** The bound on rows in flight is reached; worth sending again later. */
  OVERLOADED(429),
  /** Our fault. */
  INTERNAL(500),
  /** Not ready, or draining; worth sending again, perhaps elsewhere. */
  UNAVAILABLE(503),
  /** Let in, and not done by the caller's deadline. */
  DEADLINE_EXCEEDED(504);

  private final int status;

  FailureKind(int status) {
    this.status = status;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
