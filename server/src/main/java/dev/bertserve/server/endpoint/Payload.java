package dev.bertserve.server.endpoint;

import java.io.IOException;
import java.io.OutputStream;

/** A body that writes itself, called once, on the connection's own thread. */
public interface Payload {
  void writeTo(OutputStream sink) throws IOException;
}
