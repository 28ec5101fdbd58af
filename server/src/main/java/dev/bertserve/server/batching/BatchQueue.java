package dev.bertserve.server.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A queue of rows that returns planned batches, behind one lock. Unless the policy sets a wait, a
 * taker never waits while there are rows: rows accumulate only while all takers are busy. The queue
 * has no limit of its own; admission limits its rows. Any number of threads on both sides.
 */
public final class BatchQueue<T extends Batchable> {

  private final BatchPolicy policy;
  private final LongSupplier clockNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final BatchAssembler<T> assembler;

  @GuardedBy("lock")
  private final CostModel costs;

  /** Unwanted rows that are dropped once the lock is released. */
  @GuardedBy("lock")
  private final List<T> unwanted = new ArrayList<>();

  @GuardedBy("lock")
  private boolean closed;

  /** Takes ownership of {@code costs}. */
  public BatchQueue(
      BatchPolicy policy, BatchShapes shapes, CostModel costs, LongSupplier clockNanos) {
    this.policy = policy;
    this.clockNanos = clockNanos;
    this.costs = costs;
    this.assembler = new BatchAssembler<>(policy, shapes, costs);
  }

  /** Queues the rows of one request; returns false and queues nothing once the queue is closed. */
  public boolean offer(List<? extends T> rows) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      assembler.offer(rows, clockNanos.getAsLong());
      if (rows.size() > policy.maxRows()) {
        changed.signalAll();
      } else {
        changed.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a row and returns the next batch; empty once the queue is closed and empty. */
  public Optional<BatchPlan<T>> take() throws InterruptedException {
    while (true) {
      List<T> dropped;
      BatchPlan<T> plan;
      lock.lock();
      try {
        awaitDue();
        plan = assembler.next(clockNanos.getAsLong(), unwanted);
        if (assembler.rows() > 0) {
          changed.signal();
        }
        dropped = removeUnwanted();
      } finally {
        lock.unlock();
      }
      boolean isDropped = false;
      try {
        drop(dropped);
        isDropped = true;
      } finally {
        // Otherwise the rows of the batch would never be settled.
        if (!isDropped && plan != null) {
          drop(plan.rows());
        }
      }
      if (plan != null || dropped.isEmpty()) {
        return Optional.ofNullable(plan);
      }
    }
  }

  /** Drops all waiting rows that nobody waits for any more. */
  public void sweep() {
    List<T> dropped;
    lock.lock();
    try {
      assembler.sweep(clockNanos.getAsLong(), unwanted);
      dropped = removeUnwanted();
    } finally {
      lock.unlock();
    }
    drop(dropped);
  }

  /** Records the time of a batch, for planning the next ones. */
  public void recordRun(int paddedTokens, int realTokens, long elapsedNanos) {
    lock.lock();
    try {
      costs.recordRun(paddedTokens, realTokens, elapsedNanos);
    } finally {
      lock.unlock();
    }
  }

  /** Estimated time until all waiting rows have run. */
  public long drainNanos() {
    lock.lock();
    try {
      return (long) costs.nanos(assembler.waiting());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Estimated time until {@code request} would be finished if offered now; 0 while nothing has run.
   */
  public long expectedNanos(Work request) {
    lock.lock();
    try {
      Work ahead = assembler.ahead(request.tokens(), clockNanos.getAsLong());
      // The running batch is half done on average, and the request may wait for it.
      double started = assembler.rows() == 0 ? 0 : costs.batchNanos() / 2;
      double own = costs.nanos(ahead.plus(request));
      // At most as much work as waits now is assumed to overtake it.
      double waiting = costs.nanos(assembler.waiting());
      return (long) (started + own + Math.min(waiting, assembler.overtakenNanos(request.tokens())));
    } finally {
      lock.unlock();
    }
  }

  /** Rejects further rows; {@link #take} still returns the waiting ones. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Number of rows in no batch yet; may be stale when it returns. */
  public int waitingRows() {
    lock.lock();
    try {
      return assembler.rows();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private List<T> removeUnwanted() {
    if (unwanted.isEmpty()) {
      return List.of();
    }
    List<T> removed = List.copyOf(unwanted);
    unwanted.clear();
    return removed;
  }

  /**
   * Drops all rows, then throws what the first failed drop threw. Called outside the lock, since a
   * drop may complete a request.
   */
  private void drop(List<T> rows) {
    Throwable first = null;
    for (int i = 0; i < rows.size(); i++) {
      try {
        rows.get(i).drop();
      } catch (RuntimeException | Error e) {
        first = first == null ? e : first;
      }
    }
    if (first instanceof Error error) {
      throw error;
    }
    if (first != null) {
      throw (RuntimeException) first;
    }
  }

  @GuardedBy("lock")
  private void awaitDue() throws InterruptedException {
    while (!closed) {
      if (assembler.rows() == 0) {
        changed.await();
        continue;
      }
      long left = assembler.untilDueNanos(clockNanos.getAsLong());
      if (left == 0) {
        return;
      }
      changed.awaitNanos(left);
    }
  }
}
