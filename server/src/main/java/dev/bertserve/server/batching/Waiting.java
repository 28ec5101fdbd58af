package dev.bertserve.server.batching;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An entry of the queue: a row and its turn. A free entry has no row. */
final class Waiting<T extends Batchable> {

  private @Nullable T row;
  int tokens;
  long sinceNanos;

  /**
   * Virtual time at which its request is served up to this row if all requests are served evenly.
   */
  double turn;

  boolean left;

  T row() {
    return Objects.requireNonNull(row);
  }

  void occupy(T newRow, long nowNanos, double newTurn) {
    row = newRow;
    tokens = newRow.tokens();
    sinceNanos = nowNanos;
    turn = newTurn;
    left = false;
  }

  void free() {
    row = null;
  }
}
