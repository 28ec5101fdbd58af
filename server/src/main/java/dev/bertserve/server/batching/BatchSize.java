package dev.bertserve.server.batching;

/**
 * How large a batch is.
 *
 * @param rows at least 1
 * @param tokens of all rows, unpadded
 * @param longest tokens of the longest row
 */
public record BatchSize(int rows, int tokens, int longest) {

  /** Tokens when every row is padded to the longest. */
  public int padded() {
    return rows * longest;
  }
}
