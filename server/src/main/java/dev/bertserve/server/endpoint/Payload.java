package dev.bertserve.server.endpoint;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The body of one response, written piece by piece. All methods are called on the connection's own
 * thread, save a {@link #close} after that thread has ended.
 */
public interface Payload extends AutoCloseable {

  /** About how much a piece holds: what a connection buffers for a client that reads slowly. */
  int PIECE_BYTES = 64 * 1024;

  /** Writes the next piece; returns whether more follow. Not called again after the last one. */
  boolean writeTo(OutputStream sink) throws IOException;

  /** Called exactly once: when the body has been sent, or as soon as it never will be. */
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
