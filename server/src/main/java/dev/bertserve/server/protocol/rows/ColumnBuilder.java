package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ValueType;
import java.math.BigDecimal;
import java.util.function.IntFunction;

/**
 * Makes a column of values of one type, each given as JSON would write it. An invalid value is
 * INVALID. One thread.
 */
public final class ColumnBuilder {

  private static final int FIRST_CAPACITY = 16;

  /** Digits of the largest integer of 64 bits. */
  private static final int MAX_DIGITS = 20;

  private final ValueType type;
  private final IntFunction<String> location;

  private Column values;
  private int size;

  /** {@code location} is that of a row, for messages. */
  public ColumnBuilder(ValueType type, IntFunction<String> location) {
    this.type = type;
    this.location = location;
    this.values = Column.ofSize(type, FIRST_CAPACITY);
  }

  /** The values that were added. */
  public Column column() {
    return values.slice(0, size);
  }

  /** Number of values. */
  int size() {
    return size;
  }

  /** Keeps the first {@code values} values. */
  void cutTo(int values) {
    size = Math.min(size, values);
  }

  /** Adds the value that {@code token} with {@code text} is, to {@code row}. */
  public void append(JsonToken token, String text, int row) {
    JsonToken expected =
        switch (type) {
          case STRING -> JsonToken.STRING;
          case BOOL -> JsonToken.BOOLEAN;
          default -> JsonToken.NUMBER;
        };
    if (token != expected) {
      throw wrong(token, text, row, token.label() + " (expected: " + expected.label() + ")");
    }
    append(text, row);
  }

  /** Adds the value that {@code text}, of the right kind, is, to {@code row}. */
  public void append(String text, int row) {
    makeRoom();
    if (!put(text)) {
      throw wrong(JsonToken.NUMBER, text, row, Shown.of(text) + " (expected: " + rule() + ")");
    }
    size++;
  }

  /** Adds {@code number}, which may be not finite, to floating-point numbers. */
  void append(double number) {
    makeRoom();
    if (values instanceof Column.Floats floats) {
      floats.values()[size] = (float) number;
    } else {
      ((Column.Doubles) values).values()[size] = number;
    }
    size++;
  }

  private void makeRoom() {
    if (size == values.size()) {
      Column grown = Column.ofSize(type, 2 * size);
      values.copyTo(0, grown, 0, size);
      values = grown;
    }
  }

  /** Puts the value {@code text} at the end; returns false if it is none of the type. */
  private boolean put(String text) {
    if (values instanceof Column.Texts texts) {
      texts.values()[size] = text;
      return true;
    }
    if (values instanceof Column.Floats floats) {
      floats.values()[size] = Float.parseFloat(text);
      return Float.isFinite(floats.values()[size]);
    }
    if (values instanceof Column.Doubles doubles) {
      doubles.values()[size] = Double.parseDouble(text);
      return Double.isFinite(doubles.values()[size]);
    }
    long[] longs = ((Column.Longs) values).values();
    if (type == ValueType.BOOL) {
      longs[size] = text.equals("true") ? 1 : 0;
      return true;
    }
    BigDecimal number;
    try {
      number = new BigDecimal(text);
    } catch (NumberFormatException e) {
      // An exponent of more than 31 bits.
      return false;
    }
    int digits = number.precision() - number.scale();
    if (number.signum() == 0) {
      longs[size] = 0;
      return true;
    }
    if (digits > MAX_DIGITS || digits <= 0) {
      return false;
    }
    longs[size] = number.longValue();
    return number.compareTo(exact(longs[size])) == 0 && type.holds(longs[size]);
  }

  private BigDecimal exact(long value) {
    return type == ValueType.UINT64
        ? new BigDecimal(Long.toUnsignedString(value))
        : BigDecimal.valueOf(value);
  }

  private String rule() {
    return type.isWhole()
        ? "a whole number of type " + type.label()
        : "a finite number of type " + type.label();
  }

  private RowFault wrong(JsonToken token, String text, int row, String problem) {
    return new RowFault(
        RowFault.Rule.TYPE, RowFault.json(token, text), location.apply(row) + ": " + problem);
  }
}
