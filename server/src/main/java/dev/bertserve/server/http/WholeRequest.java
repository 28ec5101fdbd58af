package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Request;
import java.util.function.BooleanSupplier;

/**
 * A request all of which has arrived. Owns its body until it is opened or closed; one thread at a
 * time.
 */
record WholeRequest(RequestHead head, BodyBuffer body, BooleanSupplier abandoned)
    implements AutoCloseable {

  int bodyBytes() {
    return body.length();
  }

  /** Copies the body to the heap and lets go of what it arrived in. */
  Request open() {
    byte[] bytes = body.bytes();
    body.close();
    return new Request(head.method(), head.path(), head::header, bytes, abandoned);
  }

  @Override
  public void close() {
    body.close();
  }
}
