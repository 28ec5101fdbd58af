package dev.bertserve.server.serving;

import java.util.List;

/**
 * One output of the model.
 *
 * @param name as in the signature of the SavedModel
 * @param rowShape dimensions of one row's values, without the batch dimension; empty for one value
 *     per row
 * @param type of its values
 * @param textBytes longest text in UTF-8; 0 for numbers
 * @param input name of the input whose values it is, unchanged; empty if the engine computes it
 */
public record OutputSpec(
    String name, List<Integer> rowShape, ValueType type, int textBytes, String input) {

  /** Most bytes of a character in JSON by its bytes in UTF-8, as of a control. */
  private static final long MAX_ESCAPE = 6;

  public OutputSpec {
    rowShape = List.copyOf(rowShape);
    long size = 1;
    for (int dimension : rowShape) {
      size *= dimension;
      if (size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "output " + name + ": " + rowShape + " (expected: at most 2147483647 values a row)");
      }
    }
  }

  /** An output of numbers that the engine computes. */
  public OutputSpec(String name, List<Integer> rowShape, ValueType type) {
    this(name, rowShape, type, 0, "");
  }

  /** An output of float32 values that the engine computes. */
  public OutputSpec(String name, List<Integer> rowShape) {
    this(name, rowShape, ValueType.FLOAT);
  }

  /** The same output under another name. */
  public OutputSpec called(String another) {
    return new OutputSpec(another, rowShape, type, textBytes, input);
  }

  /** The same output as the values of an input of another name. */
  OutputSpec handingOn(String another) {
    return new OutputSpec(name, rowShape, type, textBytes, another);
  }

  /** Whether the engine computes it; otherwise it is an input, unchanged. */
  public boolean isComputed() {
    return input.isEmpty();
  }

  /** Values in one row. */
  public int rowSize() {
    int size = 1;
    for (int dimension : rowShape) {
      size *= dimension;
    }
    return size;
  }

  /** Approximate memory of one value beside that of the request. */
  long valueBytes() {
    boolean holdsText = type == ValueType.STRING && isComputed();
    return holdsText ? Column.Texts.bytes(textBytes) : type.bytes();
  }

  /** Most bytes of a value in JSON, with its comma. */
  long encodedBytes() {
    return switch (type) {
      case FLOAT, HALF, BFLOAT16 -> 16;
      case STRING -> 3 + MAX_ESCAPE * textBytes;
      default -> 26;
    };
  }

  /** A column to be filled with {@code rows} rows. */
  public Column column(int rows) {
    return Column.ofSize(type, Math.multiplyExact(rows, rowSize()));
  }
}
