package dev.bertserve.server.batching;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows in, closed batches out. One thread, or under its owner's lock; time comes as an argument.
 *
 * <p>Turns are fair by request: each offered list gets tokens served at the same pace, so one row
 * overtakes the tail of a long list. Turns also go on with time, at the pace of one list among
 * {@link #FAIR_AMONG} or of {@link #MOST_PACE}, the slower one, so that the tail comes in the end
 * however many others keep coming: a row that comes later than its virtual time does not overtake
 * it. Around the row whose turn it is, rows that suit it fill the batch; of each list, from the
 * next full batch at most.
 */
final class BatchAssembler<T extends Batchable> {

  /** Lists of rows that the machine can always serve at the pace of turns. */
  static final int FAIR_AMONG = 16;

  /** Tokens a second at which turns go on at most: a fast machine serves many more lists. */
  private static final double MOST_PACE = 256;

  private static final double NANOS_IN_SECOND = 1e9;

  /** Most rows to choose from, in full batches. */
  private static final int WINDOW_BATCHES = 4;

  /** Full batches that are too many for rows to wait less by quicker ones. */
  private static final long LONG_QUEUE_BATCHES = 8;

  /** Share of the best yield for which a quicker batch is worth it. */
  private static final double WORTH = 0.98;

  private final BatchPolicy policy;
  private final CostModel costs;

  private final WaitingRows<T> waiting = new WaitingRows<>();

  /** Of one call, kept so that a row costs no memory. */
  private final List<Waiting<T>> near = new ArrayList<>();

  private final List<Waiting<T>> picked = new ArrayList<>();

  private RowSelection<T> selection;
  private double virtualTime;
  private long virtualTimeAtNanos;

  BatchAssembler(BatchPolicy policy, CostModel costs) {
    this.policy = policy;
    this.costs = costs;
    this.selection = BatchShapes.none().selection(policy, costs);
  }

  /** Batches are padded to {@code shapes} from now on; before, to their longest row. */
  void padTo(List<BatchShape> shapes) {
    BatchShapes padded = BatchShapes.of(shapes);
    costs.padTo(padded);
    selection = padded.selection(policy, costs);
  }

  /** Queues the rows of one request. */
  void offer(List<? extends T> rows, long nowNanos) {
    goOn(nowNanos);
    waiting.add(rows, nowNanos, virtualTime);
  }

  int rows() {
    return waiting.size();
  }

  /** All that waits. */
  Work waiting() {
    return new Work(waiting.size(), waiting.tokens());
  }

  /**
   * What has its turn before a request of {@code tokens} that is offered now is through, all rows
   * taken to be of mean length.
   */
  Work ahead(long tokens, long nowNanos) {
    goOn(nowNanos);
    int rows = waiting.rowsUntil(virtualTime + tokens);
    return new Work(rows, rows == 0 ? 0 : waiting.tokens() * rows / waiting.size());
  }

  /** Time for which requests that come later may overtake one of {@code tokens}. */
  double overtakenNanos(long tokens) {
    double shared = costs.nanosPerToken() * FAIR_AMONG;
    return shared == 0 ? 0 : tokens * Math.max(shared, NANOS_IN_SECOND / MOST_PACE);
  }

  /** How long a batch may still fill before it is due; 0 if it is due. There must be rows. */
  long untilDueNanos(long nowNanos) {
    if (policy.maxWait().isZero() || isFull()) {
      return 0;
    }
    return Math.max(0, policy.maxWait().toNanos() - (nowNanos - waiting.oldestSinceNanos()));
  }

  /**
   * Puts the next batch in {@code batch}, none if no row is left; closed rows in {@code closed}.
   */
  void next(long nowNanos, List<T> batch, List<T> closed) {
    goOn(nowNanos);
    findNear(nowNanos, closed);
    if (!near.isEmpty()) {
      virtualTime = Math.max(virtualTime, near.get(0).turn);
      selection.pick(near, isLongQueue() ? 1 : WORTH, picked);
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

  /** Moves virtual time on with the clock. */
  private void goOn(long nowNanos) {
    double turnNanos = overtakenNanos(1);
    if (turnNanos > 0) {
      virtualTime += Math.max(0, nowNanos - virtualTimeAtNanos) / turnNanos;
    }
    virtualTimeAtNanos = nowNanos;
  }

  private int mostNear() {
    return WINDOW_BATCHES * policy.maxRows();
  }

  /** Whether what waits is served best by the batches that yield most, however long they take. */
  private boolean isLongQueue() {
    return waiting.tokens() >= LONG_QUEUE_BATCHES * fullTokens();
  }

  private boolean isFull() {
    return waiting.size() >= policy.maxRows() || waiting.tokens() >= fullTokens();
  }

  private int fullTokens() {
    return Math.min(policy.maxTokens(), costs.mostTokens(policy.maxTokens()));
  }

  /** Rows to choose from, in their order of turn. */
  private void findNear(long nowNanos, List<T> closed) {
    near.clear();
    double lastTurn = Double.POSITIVE_INFINITY;
    for (int i = 0; i < waiting.size() && near.size() < mostNear(); i++) {
      Waiting<T> one = waiting.byTurn(i);
      if (one.turn > lastTurn) {
        return;
      }
      if (closeIfUnwanted(one, nowNanos, closed)) {
        continue;
      }
      if (near.isEmpty()) {
        lastTurn = one.turn + fullTokens();
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
