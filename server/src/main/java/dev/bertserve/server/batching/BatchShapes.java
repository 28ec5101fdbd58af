package dev.bertserve.server.batching;

import java.util.List;

/** The shapes that batches are padded to. Immutable. */
sealed interface BatchShapes permits RowShapes, SequenceShapes {

  /** Rows are padded to the longest of them. */
  static BatchShapes none() {
    return new RowShapes(List.of());
  }

  /** One kind for all of {@code shapes}: in which sequences hold several rows, or one each. */
  static BatchShapes of(List<BatchShape> shapes) {
    return shapes.stream().anyMatch(shape -> shape.rowsOfOne() > 1)
        ? new SequenceShapes(shapes)
        : new RowShapes(shapes);
  }

  /** What picks rows for batches of these. */
  <T extends Batchable> RowSelection<T> selection(BatchPolicy policy, CostModel costs);

  /** Tokens of a batch with its padding: of {@code rows} rows of {@code tokens} in all. */
  int padded(int rows, int tokens, int longest);

  /** Tokens of the largest shape; {@code otherwise} if there is none. */
  int mostTokens(int otherwise);
}
