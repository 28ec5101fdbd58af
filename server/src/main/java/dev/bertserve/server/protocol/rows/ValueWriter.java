package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ValueType;
import java.io.IOException;

/** Writes single values of a column. */
public interface ValueWriter {

  /** Writes value {@code index}. */
  void write(JsonWriter json, int index) throws IOException;

  /**
   * A writer of {@code column}, whose values are of {@code type}, with numbers as JSON has them.
   */
  static ValueWriter of(Column column, ValueType type) {
    return of(column, type, NumberText.SHORTEST);
  }

  /** A writer that writes floats as {@code numbers} does. */
  static ValueWriter of(Column column, ValueType type, NumberText numbers) {
    if (column instanceof Column.Floats floats) {
      float[] values = floats.values();
      return (json, index) -> numbers.write(json, values[index]);
    }
    if (column instanceof Column.Doubles doubles) {
      double[] values = doubles.values();
      return (json, index) -> numbers.write(json, values[index]);
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
