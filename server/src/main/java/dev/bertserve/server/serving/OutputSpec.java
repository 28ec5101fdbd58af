package dev.bertserve.server.serving;

import java.util.List;

/**
 * One output of the model.
 *
 * @param name as in the signature of the SavedModel
 * @param rowShape dimensions of one row's values, without the batch dimension; empty for one scalar
 *     per row
 * @param whole whether its values are integers
 */
public record OutputSpec(String name, List<Integer> rowShape, boolean whole) {

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

  /** An output of floating-point values. */
  public OutputSpec(String name, List<Integer> rowShape) {
    this(name, rowShape, false);
  }

  /** Values in one row. */
  public int rowSize() {
    int size = 1;
    for (int dimension : rowShape) {
      size *= dimension;
    }
    return size;
  }
}
