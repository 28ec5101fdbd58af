package dev.bertserve.server.batching;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An entry of the queue: a row and what decides its turn. A free entry has no row. */
final class Waiting<T extends Batchable> {

  private @Nullable T row;
  int tokens;
  long sinceNanos;

  /** Virtual time at which an even share would have served its request up to this row. */
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
