package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ValueType;
import java.util.function.IntFunction;

/**
 * Reads values of one type from JSON, row after row, into a column. An invalid value is INVALID.
 * One thread.
 */
public final class ColumnReader {

  private final JsonReader json;
  private final ValueType type;
  private final int rowSize;
  private final IntFunction<String> location;
  private final QuotedNumbers quoted;
  private final ColumnBuilder values;

  /** {@code location} is that of a row, for messages. */
  public ColumnReader(JsonReader json, ValueType type, int rowSize, IntFunction<String> location) {
    this(json, type, rowSize, location, QuotedNumbers.NONE);
  }

  /** The same for numbers that may be strings. */
  ColumnReader(
      JsonReader json,
      ValueType type,
      int rowSize,
      IntFunction<String> location,
      QuotedNumbers quoted) {
    this.quoted = quoted;
    this.json = json;
    this.type = type;
    this.rowSize = rowSize;
    this.location = location;
    this.values = new ColumnBuilder(type, location);
  }

  /** The values that were read. */
  public Column column() {
    return values.column();
  }

  /** Keeps the values of the first {@code rows} rows. */
  void cutTo(int rows) {
    values.cutTo(rows * rowSize);
  }

  /** What a row has, for messages. */
  String label() {
    return rowSize == 1 ? valueLabel() : "[" + valueLabel() + ", ...]";
  }

  /** What a value is, for messages. */
  String valueLabel() {
    return switch (type) {
      case STRING -> "string";
      case BOOL -> "boolean";
      default -> "number";
    };
  }

  /** Reads the values of {@code row}, which start with {@code first}. */
  public void read(JsonToken first, int row) {
    int count = 0;
    int depth = 0;
    JsonToken token = first;
    do {
      if (token == JsonToken.ARRAY) {
        depth++;
      } else if (token == JsonToken.ARRAY_END) {
        depth--;
      } else if (count++ >= rowSize) {
        json.skip();
      } else if (token == JsonToken.OBJECT && type == ValueType.STRING) {
        values.append(JsonToken.STRING, text(row), row);
      } else {
        append(token, json.text(), row);
      }
      if (depth > 0) {
        token = json.next();
      }
    } while (depth > 0);
    if (count != rowSize) {
      throw new RowFault(
          RowFault.Rule.SIZE,
          Integer.toString(count),
          location.apply(row) + ": " + count + " values (expected: " + rowSize + ")");
    }
  }

  /** The text of {@code row} that starts with an object. */
  private String text(int row) {
    return new TextReader(json, () -> location.apply(row)).read(JsonToken.OBJECT);
  }

  private void append(JsonToken token, String text, int row) {
    if (token == JsonToken.STRING && quoted.allowsNotFinite(text, type)) {
      values.append(Double.parseDouble(text));
    } else if (token == JsonToken.STRING && quoted.allowsFinite(text, type)) {
      values.append(JsonToken.NUMBER, text, row);
    } else {
      values.append(token, text, row);
    }
  }
}
