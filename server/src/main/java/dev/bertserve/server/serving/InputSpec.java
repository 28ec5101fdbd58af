package dev.bertserve.server.serving;

import java.util.List;

/**
 * One input of the model.
 *
 * @param name as in the signature of the SavedModel
 * @param rowShape dimensions of one row's values, without the batch dimension; mostly empty
 * @param type of its values
 * @param isText whether it is text that becomes tokens; otherwise only outputs need it
 */
public record InputSpec(String name, List<Integer> rowShape, ValueType type, boolean isText) {

  public InputSpec {
    rowShape = List.copyOf(rowShape);
    if (isText && type != ValueType.STRING) {
      throw new IllegalArgumentException(
          "input " + name + ": " + type.label() + " as text (expected: DT_STRING)");
    }
    if (isText && rowSize(rowShape) != 1) {
      throw new IllegalArgumentException(
          "input " + name + ": " + rowShape + " (expected: one text a row)");
    }
  }

  /** One text per row, which becomes tokens. */
  public static InputSpec text(String name) {
    return new InputSpec(name, List.of(), ValueType.STRING, true);
  }

  /** The same input under another name. */
  public InputSpec called(String another) {
    return new InputSpec(another, rowShape, type, isText);
  }

  /** Values in one row. */
  public int rowSize() {
    return rowSize(rowShape);
  }

  private static int rowSize(List<Integer> rowShape) {
    int size = 1;
    for (int dimension : rowShape) {
      size = Math.multiplyExact(size, dimension);
    }
    return size;
  }
}
