package dev.bertserve.server.serving;

/**
 * The contents of a row in the form that its engine runs. Equal contents have equal outputs.
 * Immutable.
 */
public interface EncodedRow {

  /** Its length in tokens, unpadded; at least 1. */
  int tokens();

  /** Approximate memory of the contents. */
  int bytes();
}
