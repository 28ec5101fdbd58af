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

  /** Neighbours by age in a ring; its own while it is in none. */
  Waiting<T> older = this;

  Waiting<T> newer = this;

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

  /** Joins the ring of {@code next}, just before it. */
  void linkBefore(Waiting<T> next) {
    older = next.older;
    newer = next;
    older.newer = this;
    newer.older = this;
  }

  void unlink() {
    older.newer = newer;
    newer.older = older;
    older = this;
    newer = this;
  }
}
