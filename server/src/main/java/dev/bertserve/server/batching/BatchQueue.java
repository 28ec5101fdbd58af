package dev.bertserve.server.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Rows in, closed batches out, first come first served. A taker never waits while rows are there:
 * rows gather only while all takers are busy. Not bounded; who offers is bounded at the door. Any
 * number of threads on both sides.
 */
public final class BatchQueue<T extends Batchable> {

  private final BatchPolicy policy;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final ArrayDeque<T> waiting = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closed;

  public BatchQueue(BatchPolicy policy) {
    this.policy = policy;
  }

  /** Queues all rows, in order; false, and nothing is queued, once the queue is closed. */
  public boolean offer(List<? extends T> rows) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      waiting.addAll(rows);
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
   * The next batch, never empty: waits for a row. Once the queue is closed and empty, the empty
   * list.
   */
  public List<T> take() throws InterruptedException {
    while (true) {
      List<T> dropped = new ArrayList<>(0);
      List<T> batch = takeWaiting(dropped);
      // Outside the lock: a drop may complete a request.
      dropped.forEach(Batchable::drop);
      if (!batch.isEmpty() || dropped.isEmpty()) {
        return batch;
      }
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
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  private List<T> takeWaiting(List<T> dropped) throws InterruptedException {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.await();
      }
      List<T> batch = new ArrayList<>(Math.min(waiting.size(), policy.maxRows()));
      while (batch.size() < policy.maxRows() && !waiting.isEmpty()) {
        T row = waiting.poll();
        (row.abandoned() ? dropped : batch).add(row);
      }
      if (!waiting.isEmpty()) {
        changed.signal();
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }
}
