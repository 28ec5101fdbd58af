package dev.bertserve.server.batching;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows in, closed batches out. One thread, or under its owner's lock; time comes as an argument.
 *
 * <p>Turns are fair by request: each offered list gets tokens served at the same pace, so one row
 * overtakes the tail of a long list, and the tail still comes, since turns only grow. Around the
 * row whose turn it is, rows of like length fill the batch, from a window of near turns. A row
 * older than the maximum age has its turn by age in every second batch: with {@code k} older rows
 * in the queue it is in a batch after at most {@code 2 * (k + 1)} further ones.
 */
final class BatchAssembler<T extends Batchable> {

  /** Window of rows to choose from, in full batches. */
  private static final int WINDOW_BATCHES = 4;

  private static final int SLACK = 64;

  private final int maxRows;
  private final int window;
  private final long maxAgeNanos;
  private final long maxWaitNanos;
  private final LikeLengths<T> likeLengths;

  /** By turn, the nearest first. */
  private ArrayList<Waiting<T>> byTurn = new ArrayList<>();

  /** By age, the oldest first; those that are gone leave it late. */
  private final ArrayDeque<Waiting<T>> byAge = new ArrayDeque<>();

  private double virtualTime;
  private long waitingTokens;
  private boolean lastWasByAge;

  BatchAssembler(BatchPolicy policy, CostModel costs) {
    this.maxRows = policy.maxRows();
    this.window = WINDOW_BATCHES * policy.maxRows();
    this.maxAgeNanos = policy.maxAge().toNanos();
    this.maxWaitNanos = policy.maxWait().toNanos();
    this.likeLengths = new LikeLengths<>(policy, costs);
  }

  /** Queues the rows of one request. */
  void offer(List<? extends T> rows, long nowNanos) {
    ArrayList<Waiting<T>> merged = new ArrayList<>(byTurn.size() + rows.size());
    double turn = virtualTime;
    int next = 0;
    for (T row : rows) {
      turn += row.tokens();
      Waiting<T> added = new Waiting<>(row, nowNanos, turn);
      while (next < byTurn.size() && byTurn.get(next).turn <= turn) {
        merged.add(byTurn.get(next++));
      }
      merged.add(added);
      byAge.add(added);
      waitingTokens += added.tokens;
    }
    merged.addAll(byTurn.subList(next, byTurn.size()));
    byTurn = merged;
  }

  int rows() {
    return byTurn.size();
  }

  /** All that waits. */
  Work waiting() {
    return new Work(byTurn.size(), waitingTokens);
  }

  /** What has its turn before a request of {@code tokens} that is offered now is through. */
  Work ahead(long tokens) {
    double turn = virtualTime + tokens;
    long ahead = 0;
    int rows = 0;
    while (rows < byTurn.size() && byTurn.get(rows).turn <= turn) {
      ahead += byTurn.get(rows++).tokens;
    }
    return new Work(rows, ahead);
  }

  /** How long a batch may still fill before it is due; 0 if it is due. There must be rows. */
  long untilDueNanos(long nowNanos) {
    if (byTurn.size() >= maxRows) {
      return 0;
    }
    return Math.max(0, maxWaitNanos - (nowNanos - oldest().sinceNanos));
  }

  /** The next batch; empty if no row is left. Closed rows go to {@code closed}. */
  List<T> next(long nowNanos, List<T> closed) {
    List<Waiting<T>> near = near(nowNanos, closed);
    if (near.isEmpty()) {
      forgetGone();
      return List.of();
    }
    if (!lastWasByAge) {
      virtualTime = Math.max(virtualTime, near.get(0).turn);
    }
    List<Waiting<T>> picked = likeLengths.pick(near);
    List<T> batch = new ArrayList<>(picked.size());
    for (Waiting<T> one : picked) {
      leave(one);
      batch.add(one.row);
    }
    forgetGone();
    return batch;
  }

  /** Takes every row out that nobody waits for. */
  void sweep(long nowNanos, List<T> closed) {
    for (Waiting<T> one : byTurn) {
      closeIfUnwanted(one, nowNanos, closed);
    }
    forgetGone();
  }

  /** Rows to choose from, in their order of turn or of age. */
  private List<Waiting<T>> near(long nowNanos, List<T> closed) {
    if (byTurn.isEmpty()) {
      return List.of();
    }
    lastWasByAge = !lastWasByAge && nowNanos - oldest().sinceNanos >= maxAgeNanos;
    List<Waiting<T>> near = new ArrayList<>(Math.min(window, byTurn.size()));
    for (Waiting<T> one : lastWasByAge ? byAge : byTurn) {
      if (near.size() == window) {
        break;
      }
      if (!one.gone && !closeIfUnwanted(one, nowNanos, closed)) {
        near.add(one);
      }
    }
    return near;
  }

  private boolean closeIfUnwanted(Waiting<T> one, long nowNanos, List<T> closed) {
    if (!one.row.closeIfUnwanted(nowNanos)) {
      return false;
    }
    leave(one);
    closed.add(one.row);
    return true;
  }

  private void leave(Waiting<T> one) {
    one.gone = true;
    waitingTokens -= one.tokens;
  }

  private void forgetGone() {
    byTurn.removeIf(one -> one.gone);
    if (byAge.size() > 2 * byTurn.size() + SLACK) {
      byAge.removeIf(one -> one.gone);
    }
  }

  private Waiting<T> oldest() {
    while (byAge.element().gone) {
      byAge.remove();
    }
    return byAge.element();
  }
}
