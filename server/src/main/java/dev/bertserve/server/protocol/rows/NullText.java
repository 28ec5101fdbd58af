package dev.bertserve.server.protocol.rows;

/** What becomes of a row whose text, or another value, is null. */
public enum NullText {
  /** The request is rejected. */
  ERROR,
  /** The prediction of the row is null; the other rows are scored. */
  NULL
}
