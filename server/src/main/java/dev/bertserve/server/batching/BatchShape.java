package dev.bertserve.server.batching;

/**
 * The shape of a batch. All shapes are known at start, so each can run once before the first
 * request.
 *
 * @param sequences number of sequences, at least 1
 * @param length number of tokens of each sequence, including padding; at least 1
 * @param maxRowsPerSequence largest number of rows packed in one sequence; 1 if each row is a
 *     sequence of its own
 */
public record BatchShape(int sequences, int length, int maxRowsPerSequence) {

  public BatchShape {
    if (sequences < 1 || length < 1 || maxRowsPerSequence < 1) {
      throw new IllegalArgumentException(
          "sequences, length, maxRowsPerSequence: "
              + sequences
              + ", "
              + length
              + ", "
              + maxRowsPerSequence
              + " (expected: >= 1 each)");
    }
  }

  /** A shape in which each row is a sequence of its own. */
  public BatchShape(int rows, int length) {
    this(rows, length, 1);
  }

  /** Number of tokens that run, including padding. */
  public int tokens() {
    return sequences * length;
  }

  /** Largest number of rows of all sequences. */
  public int maxRows() {
    return sequences * maxRowsPerSequence;
  }
}
