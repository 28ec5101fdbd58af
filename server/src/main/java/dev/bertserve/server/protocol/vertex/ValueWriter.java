package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ValueType;
import java.io.IOException;

/** Writes single values of a column. */
interface ValueWriter {

  /** Writes value {@code index}. */
  void write(JsonWriter json, int index) throws IOException;

  /** A writer of {@code column}, whose values are of {@code type}. */
  static ValueWriter of(Column column, ValueType type) {
    if (column instanceof Column.Floats floats) {
      float[] values = floats.values();
      return (json, index) -> json.value(values[index]);
    }
    if (column instanceof Column.Doubles doubles) {
      double[] values = doubles.values();
      return (json, index) -> json.value(values[index]);
    }
    if (column instanceof Column.Texts texts) {
      String[] values = texts.values();
      return (json, index) -> json.value(values[index]);
    }
    long[] values = ((Column.Longs) column).values();
    return switch (type) {
      case BOOL -> (json, index) -> json.value(values[index] != 0);
      case UINT64 -> (json, index) -> json.unsigned(values[index]);
      default -> (json, index) -> json.value(values[index]);
    };
  }
}
