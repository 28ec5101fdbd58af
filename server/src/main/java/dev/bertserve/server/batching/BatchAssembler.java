package dev.bertserve.server.batching;

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

  private final int maxRows;
  private final int window;
  private final long maxAgeNanos;
  private final long maxWaitNanos;
  private final LikeLengths<T> likeLengths;

  private final WaitingRows<T> waiting = new WaitingRows<>();

  /** Of one call, kept so that a row costs no memory. */
  private final List<Waiting<T>> near = new ArrayList<>();

  private final List<Waiting<T>> picked = new ArrayList<>();

  private double virtualTime;
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
    waiting.add(rows, nowNanos, virtualTime);
  }

  int rows() {
    return waiting.size();
  }

  /** All that waits. */
  Work waiting() {
    return new Work(waiting.size(), waiting.tokens());
  }

  /** What has its turn before a request of {@code tokens} that is offered now is through. */
  Work ahead(long tokens) {
    double turn = virtualTime + tokens;
    long ahead = 0;
    int rows = 0;
    while (rows < waiting.size() && waiting.byTurn(rows).turn <= turn) {
      ahead += waiting.byTurn(rows++).tokens;
    }
    return new Work(rows, ahead);
  }

  /** How long a batch may still fill before it is due; 0 if it is due. There must be rows. */
  long untilDueNanos(long nowNanos) {
    if (waiting.size() >= maxRows) {
      return 0;
    }
    return Math.max(0, maxWaitNanos - (nowNanos - waiting.oldest().sinceNanos));
  }

  /**
   * Puts the next batch in {@code batch}, none if no row is left; closed rows in {@code closed}.
   */
  void next(long nowNanos, List<T> batch, List<T> closed) {
    findNear(nowNanos, closed);
    if (!near.isEmpty()) {
      if (!lastWasByAge) {
        virtualTime = Math.max(virtualTime, near.get(0).turn);
      }
      likeLengths.pick(near, picked);
      for (int i = 0; i < picked.size(); i++) {
        batch.add(picked.get(i).row());
        waiting.leave(picked.get(i));
      }
    }
    waiting.forgetGone();
  }

  /** Takes every row out that nobody waits for. */
  void sweep(long nowNanos, List<T> closed) {
    for (int i = 0; i < waiting.size(); i++) {
      closeIfUnwanted(waiting.byTurn(i), nowNanos, closed);
    }
    waiting.forgetGone();
  }

  /** Rows to choose from, in their order of turn or of age. */
  private void findNear(long nowNanos, List<T> closed) {
    near.clear();
    if (waiting.size() == 0) {
      return;
    }
    lastWasByAge = !lastWasByAge && nowNanos - waiting.oldest().sinceNanos >= maxAgeNanos;
    Waiting<T> oldest = waiting.oldest();
    for (int i = 0; i < waiting.size() && near.size() < window; i++) {
      Waiting<T> one = lastWasByAge ? oldest : waiting.byTurn(i);
      // Before it may leave, and its neighbour be lost.
      oldest = oldest.newer;
      if (!closeIfUnwanted(one, nowNanos, closed)) {
        near.add(one);
      }
    }
  }

  private boolean closeIfUnwanted(Waiting<T> one, long nowNanos, List<T> closed) {
    if (!one.row().closeIfUnwanted(nowNanos)) {
      return false;
    }
    waiting.leave(one);
    closed.add(one.row());
    return true;
  }
}
