package dev.bertserve.server.serving;

import java.util.Collection;
import java.util.List;

/**
 * One input of the model.
 *
 * @param name as in the signature of the SavedModel
 * @param rowShape dimensions of one row's values, without the batch dimension; mostly empty
 * @param type of its values
 * @param isText whether it is text that becomes tokens; otherwise only outputs need it
 * @param isOptional whether a row may lack it
 */
public record InputSpec(
    String name, List<Integer> rowShape, ValueType type, boolean isText, boolean isOptional) {

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

  /** One that every row has. */
  public InputSpec(String name, List<Integer> rowShape, ValueType type, boolean isText) {
    this(name, rowShape, type, isText, false);
  }

  /** One text per row, which becomes tokens. */
  public static InputSpec text(String name) {
    return new InputSpec(name, List.of(), ValueType.STRING, true);
  }

  /** One text, which becomes tokens, of the rows that have it. */
  public static InputSpec optionalText(String name) {
    return new InputSpec(name, List.of(), ValueType.STRING, true, true);
  }

  /** Those of {@code inputs} that no row may lack, and those that {@code given} names. */
  public static List<InputSpec> needed(List<InputSpec> inputs, Collection<String> given) {
    return inputs.stream()
        .filter(input -> !input.isOptional || given.contains(input.name))
        .toList();
  }

  /** Those of {@code inputs} that no row may lack. */
  public static List<InputSpec> required(List<InputSpec> inputs) {
    return needed(inputs, List.of());
  }

  /** The same input under another name. */
  public InputSpec called(String another) {
    return new InputSpec(another, rowShape, type, isText, isOptional);
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
