package dev.bertserve.server.batching;

/** A row as the queue sees it. */
public interface Batchable {

  /** Its length in tokens, unpadded; at least 1. */
  int tokens();

  /**
   * Closes the row if nobody waits for it at {@code nowNanos}; returns whether it is closed. A
   * closed row leaves the queue and is dropped. Called under the queue's lock, so it must be quick.
   */
  boolean closeIfUnwanted(long nowNanos);

  /** Called once, outside the lock, for a closed row instead of running it. */
  void drop();
}
