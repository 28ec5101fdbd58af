package dev.bertserve.server.endpoint;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A body that writes itself, called once, on the connection's own thread. Closed exactly once, when
 * it is written or will not be.
 */
public interface Payload extends AutoCloseable {
  void writeTo(OutputStream sink) throws IOException;

  @Override
  default void close() {}
}
