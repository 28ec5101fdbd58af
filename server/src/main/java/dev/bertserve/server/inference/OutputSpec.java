package dev.bertserve.server.inference;

import java.util.List;

/**
 * One output of the model.
 *
 * @param name as the SavedModel's signature has it
 * @param rowShape dimensions of one row's value, the batch left off; empty for a scalar a row
 */
public record OutputSpec(String name, List<Integer> rowShape) {

  public OutputSpec {
    rowShape = List.copyOf(rowShape);
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
