package dev.bertserve.server.serving;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values of one input or output, row after row. Numbers and texts are exact: what was put in comes
 * out. Columns of the same values are equal. Whoever creates a column may fill it until it is
 * handed on; then it does not change.
 */
@SuppressWarnings("ArrayRecordComponent") // equality is that of the values
public sealed interface Column {

  /** Number of values. */
  int size();

  /** Approximate memory. */
  long bytes();

  /** Copies {@code count} values to {@code target}, a column of the same kind. */
  void copyTo(int from, Column target, int to, int count);

  /** A copy of the values from {@code from} until {@code to}. */
  Column slice(int from, int to);

  /**
   * Distance of value {@code index} from that of {@code other}. Different texts are as far apart as
   * the numbers that they are, or else infinitely.
   */
  double difference(int index, Column other);

  /** Value {@code index} as a double, rounded if need be; not of texts. */
  double number(int index);

  /** Distance of value {@code index} from 0; 0 for texts. */
  default double magnitude(int index) {
    return Math.abs(number(index));
  }

  /** The first value in the range that is NaN or infinite; 0 if there is none. */
  default double firstNotFinite(int from, int to) {
    return 0;
  }

  /** A column to be filled with {@code size} values of {@code type}. */
  static Column ofSize(ValueType type, int size) {
    return switch (type) {
      case FLOAT, HALF, BFLOAT16 -> new Floats(new float[size]);
      case DOUBLE -> new Doubles(new double[size]);
      case STRING -> new Texts(new String[size]);
      default -> new Longs(new long[size]);
    };
  }

  /** {@code size} zeros of {@code type}, or empty texts. */
  static Column zeros(ValueType type, int size) {
    Column zeros = ofSize(type, size);
    if (zeros instanceof Texts texts) {
      Arrays.fill(texts.values, "");
    }
    return zeros;
  }

  /** A column of floats; owns {@code values}. */
  static Column of(float... values) {
    return new Floats(values);
  }

  /** Values of type FLOAT, HALF or BFLOAT16. */
  record Floats(float[] values) implements Column {

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public long bytes() {
      return (long) Float.BYTES * values.length;
    }

    @Override
    public void copyTo(int from, Column target, int to, int count) {
      System.arraycopy(values, from, ((Floats) target).values, to, count);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Floats column && Arrays.equals(values, column.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    @Override
    public double difference(int index, Column other) {
      return Math.abs((double) values[index] - ((Floats) other).values[index]);
    }

    @Override
    public double number(int index) {
      return values[index];
    }

    @Override
    public Floats slice(int from, int to) {
      return new Floats(Arrays.copyOfRange(values, from, to));
    }

    @Override
    public double firstNotFinite(int from, int to) {
      for (int i = from; i < to; i++) {
        if (!Float.isFinite(values[i])) {
          return values[i];
        }
      }
      return 0;
    }
  }

  /** Values of type DOUBLE. */
  record Doubles(double[] values) implements Column {

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public long bytes() {
      return (long) Double.BYTES * values.length;
    }

    @Override
    public void copyTo(int from, Column target, int to, int count) {
      System.arraycopy(values, from, ((Doubles) target).values, to, count);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Doubles column && Arrays.equals(values, column.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    @Override
    public double difference(int index, Column other) {
      return Math.abs(values[index] - ((Doubles) other).values[index]);
    }

    @Override
    public double number(int index) {
      return values[index];
    }

    @Override
    public Doubles slice(int from, int to) {
      return new Doubles(Arrays.copyOfRange(values, from, to));
    }

    @Override
    public double firstNotFinite(int from, int to) {
      for (int i = from; i < to; i++) {
        if (!Double.isFinite(values[i])) {
          return values[i];
        }
      }
      return 0;
    }
  }

  /** Integers of any width, UINT64 as its bits; BOOL as 0 and 1. */
  record Longs(long[] values) implements Column {

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public long bytes() {
      return (long) Long.BYTES * values.length;
    }

    @Override
    public void copyTo(int from, Column target, int to, int count) {
      System.arraycopy(values, from, ((Longs) target).values, to, count);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Longs column && Arrays.equals(values, column.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    @Override
    public double difference(int index, Column other) {
      long own = values[index];
      long others = ((Longs) other).values[index];
      return own == others ? 0 : Math.max(1, Math.abs((double) own - (double) others));
    }

    @Override
    public double number(int index) {
      return values[index];
    }

    @Override
    public Longs slice(int from, int to) {
      return new Longs(Arrays.copyOfRange(values, from, to));
    }
  }

  /** Values of type STRING. */
  record Texts(String[] values) implements Column {

    /** Approximate cost of a text besides its characters: two objects and a reference. */
    private static final int TEXT_BYTES = 48;

    /** Approximate memory of a text of {@code length} characters. */
    static long bytes(int length) {
      return TEXT_BYTES + (long) Character.BYTES * length;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public long bytes() {
      long bytes = 0;
      for (String text : values) {
        bytes += bytes(text.length());
      }
      return bytes;
    }

    @Override
    public void copyTo(int from, Column target, int to, int count) {
      System.arraycopy(values, from, ((Texts) target).values, to, count);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Texts column && Arrays.equals(values, column.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    @Override
    public double difference(int index, Column other) {
      String own = values[index];
      String others = ((Texts) other).values[index];
      if (own.equals(others)) {
        return 0;
      }
      try {
        return Math.abs(Double.parseDouble(own) - Double.parseDouble(others));
      } catch (NumberFormatException e) {
        return Double.POSITIVE_INFINITY;
      }
    }

    @Override
    public double number(int index) {
      throw new IllegalStateException("values: texts (expected: numbers)");
    }

    @Override
    public double magnitude(int index) {
      return 0;
    }

    @Override
    public Texts slice(int from, int to) {
      return new Texts(Arrays.copyOfRange(values, from, to));
    }
  }
}
