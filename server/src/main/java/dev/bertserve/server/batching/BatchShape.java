package dev.bertserve.server.batching;

/**
 * A shape in which the model runs a batch. Every shape is known at start, so that each can run once
 * before the first request.
 *
 * @param sequences at least 1
 * @param length tokens of each sequence, padding included; at least 1
 * @param maxRowsPerSequence rows that one sequence has room for, one behind the other; 1 where each
 *     row is a sequence of its own
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

  /** Tokens that run, padding included. */
  public int tokens() {
    return sequences * length;
  }

  /** Rows that all sequences have room for. */
  public int maxRows() {
    return sequences * maxRowsPerSequence;
  }
}
