package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.protocol.json.JsonWriter;
import java.io.IOException;

/** How a dialect writes floating-point numbers. */
@FunctionalInterface
public interface NumberText {

  /** The shortest text that reads back as the same float. */
  NumberText SHORTEST = JsonWriter::value;

  void write(JsonWriter json, float value) throws IOException;
}
