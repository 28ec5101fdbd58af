package dev.bertserve.server.batching;

/** What a queue asks of a row. */
public interface Batchable {

  /** Whether nobody waits for this row any more. */
  boolean abandoned();

  /** Called once, by the queue's taker, in place of running an abandoned row. */
  void drop();
}
