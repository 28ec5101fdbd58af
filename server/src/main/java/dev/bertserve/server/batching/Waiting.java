package dev.bertserve.server.batching;

/** A row in the queue, and what decides its turn. */
final class Waiting<T extends Batchable> {

  final T row;
  final int tokens;
  final long sinceNanos;

  /** Virtual time at which its request would be served up to this row, were all served evenly. */
  final double turn;

  boolean gone;

  Waiting(T row, long sinceNanos, double turn) {
    this.row = row;
    this.tokens = row.tokens();
    this.sinceNanos = sinceNanos;
    this.turn = turn;
  }
}
