package dev.bertserve.server.serving;

/**
 * The contents of a row as its engine runs them. Two that are equal have the same answer.
 * Immutable.
 */
public interface EncodedRow {

  /** Its length in tokens, unpadded; at least 1. */
  int tokens();

  /** Approximate memory that it holds. */
  int bytes();
}
