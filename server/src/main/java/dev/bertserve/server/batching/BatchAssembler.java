package dev.bertserve.server.batching;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forms batches from waiting rows. One thread, or under the lock of its owner. Time is an argument.
 *
 * <p>Turns are fair by request: each offered list gets tokens served at the same pace, so a single
 * row overtakes the tail of a long list. Virtual time (tokens served so far per list) also advances
 * with the clock, at the pace of one list among {@link #FAIR_AMONG} or at {@link #MAX_PACE}, the
 * slower one. A row that arrives after a waiting row's virtual time does not overtake it, so
 * nothing starves. The row whose turn it is always runs next; rows of the next full batch of tokens
 * may run with it, as {@link BatchPlanner} decides.
 */
final class BatchAssembler<T extends Batchable> {

  /** Number of lists that share the machine when virtual time advances with the clock. */
  static final int FAIR_AMONG = 16;

  /**
   * Largest number of tokens per second by which virtual time advances with the clock: a fast
   * machine serves many more lists.
   */
  private static final double MAX_PACE = 256;

  private static final double NANOS_IN_SECOND = 1e9;

  /** Number of rows to choose from, in full batches. */
  private static final int WINDOW_BATCHES = 4;

  /** From this number of waiting full batches on, only throughput counts. */
  private static final long LONG_QUEUE_BATCHES = 8;

  /** Share of the best yield that a quicker batch must reach. */
  private static final double QUICK_YIELD_SHARE = 0.98;

  private final BatchPolicy policy;
  private final int maxTokens;
  private final CostModel costs;
  private final BatchPlanner planner;
  private final WaitingRows<T> waiting = new WaitingRows<>();

  /** Reused by all calls, so that a row allocates nothing. */
  private final List<Waiting<T>> near = new ArrayList<>();

  private int[] nearTokens = new int[0];
  private double virtualTime;
  private long virtualTimeAtNanos;

  BatchAssembler(BatchPolicy policy, BatchShapes shapes, CostModel costs) {
    this.policy = policy;
    this.maxTokens = shapes.maxTokens();
    this.costs = costs;
    this.planner = BatchPlanner.of(shapes, policy.maxRows(), costs);
  }

  /** Queues the rows of one request. */
  void offer(List<? extends T> rows, long nowNanos) {
    advanceClock(nowNanos);
    waiting.add(rows, nowNanos, virtualTime);
  }

  int rows() {
    return waiting.size();
  }

  /** All waiting work. */
  Work waiting() {
    return new Work(waiting.size(), waiting.tokens());
  }

  /**
   * The waiting work whose turn comes before the end of a request of {@code tokens} tokens offered
   * now. Each row counts with the mean length.
   */
  Work ahead(long tokens, long nowNanos) {
    advanceClock(nowNanos);
    int rows = waiting.rowsUntil(virtualTime + tokens);
    return new Work(rows, rows == 0 ? 0 : waiting.tokens() * rows / waiting.size());
  }

  /**
   * Time after the arrival of a request of {@code tokens} tokens in which others may arrive and
   * overtake it.
   */
  double overtakenNanos(long tokens) {
    double shared = costs.nanosPerToken() * FAIR_AMONG;
    return shared == 0 ? 0 : tokens * Math.max(shared, NANOS_IN_SECOND / MAX_PACE);
  }

  /** Time until the next batch is due; 0 if it is due. There must be rows. */
  long untilDueNanos(long nowNanos) {
    if (policy.maxWait().isZero() || isFull()) {
      return 0;
    }
    return Math.max(0, policy.maxWait().toNanos() - (nowNanos - waiting.oldestSinceNanos()));
  }

  /**
   * Plans the next batch; null if no row is left. Adds the unwanted rows that it closed to {@code
   * closed}.
   */
  @Nullable BatchPlan<T> next(long nowNanos, List<T> closed) {
    advanceClock(nowNanos);
    findNear(nowNanos, closed);
    BatchPlan<T> plan = near.isEmpty() ? null : planNear();
    waiting.compact();
    return plan;
  }

  private BatchPlan<T> planNear() {
    virtualTime = Math.max(virtualTime, near.get(0).turn);
    if (nearTokens.length < near.size()) {
      nearTokens = new int[2 * near.size()];
    }
    for (int i = 0; i < near.size(); i++) {
      nearTokens[i] = near.get(i).tokens;
    }
    Placement placement =
        planner.plan(nearTokens, near.size(), isLongQueue() ? 1 : QUICK_YIELD_SHARE);
    List<T> rows = new ArrayList<>(placement.rows().length);
    for (int index : placement.rows()) {
      rows.add(near.get(index).row());
      waiting.leave(near.get(index));
    }
    return placement.planOf(rows);
  }

  /** Removes all rows that nobody waits for. */
  void sweep(long nowNanos, List<T> closed) {
    for (int i = 0; i < waiting.size(); i++) {
      closeIfUnwanted(waiting.byTurn(i), nowNanos, closed);
    }
    waiting.compact();
  }

  /** Advances virtual time with the clock. */
  private void advanceClock(long nowNanos) {
    double turnNanos = overtakenNanos(1);
    if (turnNanos > 0) {
      virtualTime += Math.max(0, nowNanos - virtualTimeAtNanos) / turnNanos;
    }
    virtualTimeAtNanos = nowNanos;
  }

  private int maxNear() {
    return WINDOW_BATCHES * policy.maxRows();
  }

  /** Whether so many rows wait that only throughput counts. */
  private boolean isLongQueue() {
    return waiting.tokens() >= LONG_QUEUE_BATCHES * (long) maxTokens;
  }

  private boolean isFull() {
    return waiting.size() >= policy.maxRows() || waiting.tokens() >= maxTokens;
  }

  /** Finds the rows to choose from, in order of turn. */
  private void findNear(long nowNanos, List<T> closed) {
    near.clear();
    double lastTurn = Double.POSITIVE_INFINITY;
    for (int i = 0; i < waiting.size() && near.size() < maxNear(); i++) {
      Waiting<T> one = waiting.byTurn(i);
      if (one.turn > lastTurn) {
        return;
      }
      if (closeIfUnwanted(one, nowNanos, closed)) {
        continue;
      }
      if (near.isEmpty()) {
        lastTurn = one.turn + maxTokens;
      }
      near.add(one);
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
