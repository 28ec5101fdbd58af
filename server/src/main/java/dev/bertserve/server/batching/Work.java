package dev.bertserve.server.batching;

/**
 * An amount of work that is still to be cut into batches.
 *
 * @param rows how many
 * @param tokens of all of them, unpadded
 */
public record Work(long rows, long tokens) {

  Work plus(Work other) {
    return new Work(rows + other.rows, tokens + other.tokens);
  }
}
