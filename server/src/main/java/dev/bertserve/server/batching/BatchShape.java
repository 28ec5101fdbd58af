package dev.bertserve.server.batching;

/**
 * What the engine runs at once.
 *
 * @param rows at least 1
 * @param length tokens of each row, padding included
 */
public record BatchShape(int rows, int length) {

  public BatchShape {
    if (rows < 1 || length < 1) {
      throw new IllegalArgumentException(
          "rows, length: " + rows + ", " + length + " (expected: >= 1, >= 1)");
    }
  }
}
