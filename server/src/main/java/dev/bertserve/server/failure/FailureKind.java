package dev.bertserve.server.failure;

/** What went wrong with a request, in no protocol's terms. */
public enum FailureKind {
  /** The request breaks a rule; sending it again will not help. */
  INVALID,
  /** The request names something that does not exist. */
  NOT_FOUND,
  /** The model that the request names lacks what it asks for. */
  NOT_OFFERED,
  /** The request, or its response, exceeds a limit; sending it again will not help. */
  TOO_LARGE,
  /** The limit on work in flight is reached; worth a retry later. */
  OVERLOADED,
  /** The server's fault. */
  INTERNAL,
  /** The model's output for one row is NaN or infinite; the other rows are not concerned. */
  NOT_FINITE,
  /** Not ready, or draining; worth a retry, perhaps elsewhere. */
  UNAVAILABLE,
  /** Admitted, but not finished by the caller's deadline. */
  DEADLINE_EXCEEDED
}
