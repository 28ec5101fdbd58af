package dev.bertserve.server.batching;

/**
 * An amount of work in no batch yet.
 *
 * @param rows number of rows
 * @param tokens of all of them, unpadded
 */
public record Work(long rows, long tokens) {

  Work plus(Work other) {
    return new Work(rows + other.rows, tokens + other.tokens);
  }
}
