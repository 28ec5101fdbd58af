package dev.bertserve.server.batching;

import java.util.ArrayList;
import java.util.List;

/**
 * Waiting rows in order of turn. Entries are reused, so memory is bounded by the largest number of
 * rows that ever waited. One thread.
 */
final class WaitingRows<T extends Batchable> {

  private final ArrayList<Waiting<T>> byTurn = new ArrayList<>();
  private final ArrayList<Waiting<T>> free = new ArrayList<>();

  /** The rows being added, in order of turn; reused by all calls. */
  private final ArrayList<Waiting<T>> added = new ArrayList<>();

  private long tokens;

  /** Adds the rows of one request. Their turns follow each other from {@code turnBefore} on. */
  void add(List<? extends T> rows, long nowNanos, double turnBefore) {
    double turn = turnBefore;
    for (int i = 0; i < rows.size(); i++) {
      T row = rows.get(i);
      turn += row.tokens();
      Waiting<T> entry = free.isEmpty() ? new Waiting<>() : free.remove(free.size() - 1);
      entry.occupy(row, nowNanos, turn);
      added.add(entry);
      tokens += entry.tokens;
    }
    mergeAdded();
  }

  /** Number of rows, including those that have left since the last {@link #compact}. */
  int size() {
    return byTurn.size();
  }

  long tokens() {
    return tokens;
  }

  /** Row {@code index} in order of turn. */
  Waiting<T> byTurn(int index) {
    return byTurn.get(index);
  }

  /** Number of rows whose turn is at most {@code turn}. */
  int rowsUntil(double turn) {
    int from = 0;
    int to = byTurn.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (byTurn.get(middle).turn <= turn) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /** Arrival time of the oldest row; there must be a row. */
  long oldestSinceNanos() {
    long oldest = byTurn.get(0).sinceNanos;
    for (int i = 1; i < byTurn.size(); i++) {
      long since = byTurn.get(i).sinceNanos;
      oldest = since - oldest < 0 ? since : oldest;
    }
    return oldest;
  }

  /** Removes a row; its entry stays in the list until {@link #compact}. */
  void leave(Waiting<T> one) {
    one.left = true;
    tokens -= one.tokens;
  }

  /** Frees the entries of rows that have left. */
  void compact() {
    int kept = 0;
    for (int i = 0; i < byTurn.size(); i++) {
      Waiting<T> one = byTurn.get(i);
      if (one.left) {
        one.free();
        free.add(one);
      } else {
        byTurn.set(kept++, one);
      }
    }
    while (byTurn.size() > kept) {
      byTurn.remove(byTurn.size() - 1);
    }
  }

  /** Merges from the end, so each row moves once. Among equal turns the older row goes first. */
  private void mergeAdded() {
    int old = byTurn.size() - 1;
    for (int i = 0; i < added.size(); i++) {
      byTurn.add(added.get(i));
    }
    int to = byTurn.size() - 1;
    for (int next = added.size() - 1; next >= 0; to--) {
      if (old >= 0 && byTurn.get(old).turn > added.get(next).turn) {
        byTurn.set(to, byTurn.get(old--));
      } else {
        byTurn.set(to, added.get(next--));
      }
    }
    added.clear();
  }
}
