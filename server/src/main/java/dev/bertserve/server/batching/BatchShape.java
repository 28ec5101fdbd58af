package dev.bertserve.server.batching;

/**
 * What the engine runs at once.
 *
 * @param sequences at least 1
 * @param length tokens of each sequence, padding included
 * @param rowsOfOne most rows that one sequence holds; 1 where each row is a sequence of its own
 */
public record BatchShape(int sequences, int length, int rowsOfOne) {

  public BatchShape {
    if (sequences < 1 || length < 1 || rowsOfOne < 1) {
      throw new IllegalArgumentException(
          "sequences, length, rows: "
              + sequences
              + ", "
              + length
              + ", "
              + rowsOfOne
              + " (expected: >= 1, >= 1, >= 1)");
    }
  }

  /** Each row is a sequence of its own. */
  BatchShape(int rows, int length) {
    this(rows, length, 1);
  }

  int tokens() {
    return sequences * length;
  }

  /** Most rows of all sequences. */
  int rows() {
    return sequences * rowsOfOne;
  }
}
