package dev.bertserve.server.endpoint;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The body of one response, written piece by piece. All methods are called on the connection's
 * event loop, except a {@link #close} after that thread has ended.
 */
public interface Payload extends AutoCloseable {

  /** Approximate size of a piece. A connection buffers one piece for a slow client. */
  int PIECE_BYTES = 64 * 1024;

  /** Writes the next piece; returns whether more follow. Not called again after the last one. */
  boolean writeTo(OutputStream sink) throws IOException;

  /**
   * Called exactly once: when the body has been sent, or when it is certain that it will not be.
   */
  @Override
  default void close() {}

  /** A body of one piece, without resources. */
  static Payload whole(Body body) {
    return sink -> {
      body.writeTo(sink);
      return false;
    };
  }

  /** Writes a whole body. */
  @FunctionalInterface
  interface Body {
    void writeTo(OutputStream sink) throws IOException;
  }
}
