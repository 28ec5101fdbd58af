package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.protocol.json.JsonWriter;
import java.io.IOException;

/** How a dialect writes floating-point numbers. */
@FunctionalInterface
public interface NumberText {

  /** The shortest text that reads back as the same float. */
  NumberText SHORTEST = JsonWriter::value;

  /** The same, and NaN and infinities, which an input may have, as strings. */
  NumberText QUOTED =
      new NumberText() {
        @Override
        public void write(JsonWriter json, float value) throws IOException {
          if (Float.isFinite(value)) {
            json.value(value);
          } else {
            write(json, (double) value);
          }
        }

        @Override
        public void write(JsonWriter json, double value) throws IOException {
          if (Double.isFinite(value)) {
            json.value(value);
          } else {
            json.value(Double.toString(value));
          }
        }
      };

  void write(JsonWriter json, float value) throws IOException;

  default void write(JsonWriter json, double value) throws IOException {
    json.value(value);
  }
}
