package dev.bertserve.server.serving;

import java.util.List;

/**
 * One output of the model.
 *
 * @param name as the SavedModel's signature has it
 * @param rowShape dimensions of one row's value, the batch left off; empty for a scalar a row
 * @param whole whether its values are whole numbers
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

  /** Of values that are not whole. */
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
