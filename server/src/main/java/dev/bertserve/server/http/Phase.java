package dev.bertserve.server.http;

/** What a connection is doing. */
enum Phase {
  /** Between requests. */
  IDLE,
  /** A request is arriving. */
  RECEIVING,
  /** The endpoint handles a request. */
  ANSWERING,
  /** A response is being sent. */
  WRITING,
  /** Nothing more is sent; what still arrives is dropped until the client closes. */
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
