package dev.bertserve.server.batching;

import java.util.ArrayList;
import java.util.List;

/**
 * The rows that wait, by turn and by age. Places are used again, so that a row takes no memory
 * beyond the most that ever waited. One thread.
 */
final class WaitingRows<T extends Batchable> {

  private final ArrayList<Waiting<T>> byTurn = new ArrayList<>();
  private final ArrayList<Waiting<T>> free = new ArrayList<>();

  /** Between the newest and the oldest; never occupied. */
  private final Waiting<T> ageEnds = new Waiting<>();

  private long tokens;

  /** Adds the rows of one request, served one after the other from {@code turnBefore} on. */
  void add(List<? extends T> rows, long nowNanos, double turnBefore) {
    int others = byTurn.size();
    double turn = turnBefore;
    for (int i = 0; i < rows.size(); i++) {
      T row = rows.get(i);
      turn += row.tokens();
      Waiting<T> added = free.isEmpty() ? new Waiting<>() : free.remove(free.size() - 1);
      added.occupy(row, nowNanos, turn);
      added.linkBefore(ageEnds);
      byTurn.add(added);
      tokens += added.tokens;
    }
    mergeNewest(others);
  }

  /** Rows, of which some may be gone. */
  int size() {
    return byTurn.size();
  }

  long tokens() {
    return tokens;
  }

  /** By turn, the nearest first. */
  Waiting<T> byTurn(int index) {
    return byTurn.get(index);
  }

  /** There must be one that is not gone. */
  Waiting<T> oldest() {
    return ageEnds.newer;
  }

  /** Takes a row out of the order of age; it stays in that of turns until {@link #forgetGone}. */
  void leave(Waiting<T> one) {
    one.gone = true;
    one.unlink();
    tokens -= one.tokens;
  }

  void forgetGone() {
    int kept = 0;
    for (int i = 0; i < byTurn.size(); i++) {
      Waiting<T> one = byTurn.get(i);
      if (one.gone) {
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

  /** Puts the newest rows, which lie behind the {@code others}, among them. */
  private void mergeNewest(int others) {
    Waiting<T> added = ageEnds.older;
    int left = others - 1;
    for (int to = byTurn.size() - 1; to > left; to--) {
      if (left >= 0 && byTurn.get(left).turn > added.turn) {
        byTurn.set(to, byTurn.get(left--));
      } else {
        byTurn.set(to, added);
        added = added.older;
      }
    }
  }
}
