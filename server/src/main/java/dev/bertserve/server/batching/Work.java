package dev.bertserve.server.batching;

/**
 * An amount of waiting work.
 *
 * @param rows number of rows
 * @param tokens number of tokens of all rows, unpadded
 */
public record Work(long rows, long tokens) {

  Work plus(Work other) {
    return new Work(rows + other.rows, tokens + other.tokens);
  }
}
