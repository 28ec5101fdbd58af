package dev.bertserve.server.batching;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A place in the queue: its row, and what decides the row's turn. Free places have no row. */
final class Waiting<T extends Batchable> {

  private @Nullable T row;
  int tokens;
  long sinceNanos;

  /** Virtual time at which its request would be served up to this row, were all served evenly. */
  double turn;

  boolean gone;

  T row() {
    return Objects.requireNonNull(row);
  }

  void occupy(T newRow, long nowNanos, double newTurn) {
    row = newRow;
    tokens = newRow.tokens();
    sinceNanos = nowNanos;
    turn = newTurn;
    gone = false;
  }

  void free() {
    row = null;
  }
}
