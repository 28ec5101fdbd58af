package dev.bertserve.server.rewrite;

/** How rows of a graph may share sequences. */
public enum RowPacking {
  /** Not at all. */
  NONE,
  /** Every token of a row is one for its graph too. */
  OF_TOKENS,
  /** The graph takes tokens that have the id of padding for padding, wherever they stand. */
  OF_MASKED_TOKENS
}
