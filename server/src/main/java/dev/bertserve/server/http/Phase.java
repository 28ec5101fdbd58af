package dev.bertserve.server.http;

/** What a connection is at. */
enum Phase {
  /** Between requests. */
  IDLE,
  /** A request has begun to arrive. */
  RECEIVING,
  /** A whole request is with its endpoint. */
  ANSWERING,
  /** An answer is going out. */
  WRITING,
  /** Nothing more will be said; what still comes is dropped until the client closes. */
  CLOSING;

  /** How long a connection may stay in this phase. */
  long limitNanos(HttpSettings settings) {
    return switch (this) {
      case IDLE -> settings.idleTimeout().toNanos();
      case RECEIVING, WRITING -> settings.requestTimeout().toNanos();
      case ANSWERING, CLOSING -> Long.MAX_VALUE;
    };
  }
}
