package dev.bertserve.server.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Rows in, closed batches out, behind one lock. Unless the policy says to wait, a taker never waits
 * while rows are there: rows gather only while all takers are busy. Not bounded; who offers is
 * bounded at the door. Any number of threads on both sides.
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

  /** Closed rows, from where they leave the assembler to where the lock is left. */
  @GuardedBy("lock")
  private final List<T> unwanted = new ArrayList<>();

  @GuardedBy("lock")
  private boolean closed;

  /** Takes ownership of {@code costs}. */
  public BatchQueue(BatchPolicy policy, CostModel costs, LongSupplier clockNanos) {
    this.policy = policy;
    this.clockNanos = clockNanos;
    this.costs = costs;
    this.assembler = new BatchAssembler<>(policy, costs);
  }

  /** Batches are padded to these shapes from now on; before, to their longest row. */
  public void padTo(List<BatchShape> shapes) {
    lock.lock();
    try {
      assembler.padTo(shapes);
    } finally {
      lock.unlock();
    }
  }

  /** So many threads take batches from now on; before, one. */
  public void runBy(int runners) {
    lock.lock();
    try {
      costs.runBy(runners);
    } finally {
      lock.unlock();
    }
  }

  /** Queues the rows of one request; false, and nothing is queued, once the queue is closed. */
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

  /**
   * Fills {@code batch}, which is emptied first, with the next one: waits for a row. False, and it
   * stays empty, once the queue is closed and empty.
   */
  public boolean take(List<T> batch) throws InterruptedException {
    batch.clear();
    while (true) {
      List<T> dropped = takeWaiting(batch);
      drop(dropped);
      if (!batch.isEmpty() || dropped.isEmpty()) {
        return !batch.isEmpty();
      }
    }
  }

  /** Drops the rows that nobody waits for any more. */
  public void sweep() {
    List<T> dropped;
    lock.lock();
    try {
      assembler.sweep(clockNanos.getAsLong(), unwanted);
      dropped = handOutUnwanted();
    } finally {
      lock.unlock();
    }
    drop(dropped);
  }

  /** Tells what a batch cost, from which the next ones are formed. */
  public void ran(BatchSize size, long nanos) {
    lock.lock();
    try {
      costs.observe(size, nanos);
    } finally {
      lock.unlock();
    }
  }

  /** Time until all rows that wait now have run, by what batches took of late. */
  public long drainNanos() {
    lock.lock();
    try {
      return (long) costs.nanos(assembler.waiting(), policy);
    } finally {
      lock.unlock();
    }
  }

  /** Time until {@code request}, offered now, would be through; 0 while nothing has run. */
  public long expectedNanos(Work request) {
    lock.lock();
    try {
      Work ahead = assembler.ahead(request.tokens(), clockNanos.getAsLong());
      // The batch that runs now is half through on the average; the request's own may wait for it.
      double started = assembler.rows() == 0 ? 0 : costs.batchNanos() / 2;
      double own = costs.nanos(ahead.plus(request), policy);
      // What overtakes it is taken to be no more than what waits now.
      double waiting = costs.nanos(assembler.waiting(), policy);
      return (long) (started + own + Math.min(waiting, assembler.overtakenNanos(request.tokens())));
    } finally {
      lock.unlock();
    }
  }

  /** Refuses further rows; those that wait are still handed out. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Rows in no batch yet; may be stale by the time it returns. */
  public int waitingRows() {
    lock.lock();
    try {
      return assembler.rows();
    } finally {
      lock.unlock();
    }
  }

  /** Fills {@code batch}; answers the rows that are to be dropped. */
  private List<T> takeWaiting(List<T> batch) throws InterruptedException {
    lock.lock();
    try {
      awaitDue();
      assembler.next(clockNanos.getAsLong(), batch, unwanted);
      if (assembler.rows() > 0) {
        changed.signal();
      }
      return handOutUnwanted();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private List<T> handOutUnwanted() {
    if (unwanted.isEmpty()) {
      return List.of();
    }
    List<T> handedOut = List.copyOf(unwanted);
    unwanted.clear();
    return handedOut;
  }

  /** Outside the lock: a drop may complete a request. */
  private void drop(List<T> rows) {
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).drop();
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
