package dev.bertserve.server.batching;

/**
 * When a batch is closed.
 *
 * @param maxRows most rows of one batch
 */
public record BatchPolicy(int maxRows) {

  public BatchPolicy {
    if (maxRows < 1) {
      throw new IllegalArgumentException("maxRows: " + maxRows + " (expected: >= 1)");
    }
  }
}
