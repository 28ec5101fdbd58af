package dev.bertserve.server.serving;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.batching.Batchable;
import java.util.ArrayList;
import java.util.List;

/**
 * A row on its way through the queue: its contents and its waiters. It has more than one waiter if
 * equal rows arrived meanwhile. No waiter can join a row that is completed, failed or closed.
 */
final class Row implements Batchable {

  /** Row {@code index} of a request, which waits for the output. */
  record Waiter(Gather gather, int index) {}

  /** Shares the row among requests with equal rows. */
  interface Sharing {

    /**
     * The output of the row is row {@code source} of {@code outputs}, which have {@code rows} rows.
     */
    void completed(Row row, List<Column> outputs, int rows, int source);

    /** The row will have no output. */
    void failed(Row row);
  }

  private final EncodedRow content;
  private final Waiter waiter;
  private final long enqueuedNanos;
  private final Sharing sharing;

  @GuardedBy("this")
  private List<Waiter> joined = List.of();

  @GuardedBy("this")
  private boolean settled;

  Row(EncodedRow content, Waiter waiter, long enqueuedNanos, Sharing sharing) {
    this.content = content;
    this.waiter = waiter;
    this.enqueuedNanos = enqueuedNanos;
    this.sharing = sharing;
  }

  EncodedRow content() {
    return content;
  }

  long enqueuedNanos() {
    return enqueuedNanos;
  }

  /** Adds a waiter; returns false if the row is already completed, failed or closed. */
  synchronized boolean join(Waiter another) {
    if (settled) {
      return false;
    }
    if (joined.isEmpty()) {
      joined = new ArrayList<>();
    }
    joined.add(another);
    return true;
  }

  /**
   * Completes all waiters with row {@code source} of the outputs of a batch of {@code rows} rows.
   * If it throws, the caller must call {@link #fail}.
   */
  void complete(List<Column> outputs, int rows, int source) {
    if (!settle()) {
      return;
    }
    if (!Double.isFinite(Engine.firstNotFinite(outputs, rows, source))) {
      sharing.failed(this);
      waiter.gather().completeIfFinite(waiter.index(), outputs, rows, source);
      for (Waiter other : finalJoined()) {
        other.gather().completeIfFinite(other.index(), outputs, rows, source);
      }
      return;
    }
    sharing.completed(this, outputs, rows, source);
    waiter.gather().complete(waiter.index(), outputs, source);
    for (Waiter other : finalJoined()) {
      other.gather().complete(other.index(), outputs, source);
    }
  }

  /**
   * Fails each waiter that has no output yet; a later output is dropped. May be called again, also
   * after a {@link #complete} that threw.
   */
  void fail(Throwable failure) {
    settle();
    sharing.failed(this);
    waiter.gather().fail(waiter.index(), failure);
    for (Waiter other : finalJoined()) {
      other.gather().fail(other.index(), failure);
    }
  }

  @Override
  public int tokens() {
    return content.tokens();
  }

  @Override
  public synchronized boolean closeIfUnwanted(long nowNanos) {
    if (settled) {
      return true;
    }
    if (!waiter.gather().unwanted(nowNanos)) {
      return false;
    }
    for (Waiter other : joined) {
      if (!other.gather().unwanted(nowNanos)) {
        return false;
      }
    }
    settled = true;
    return true;
  }

  @Override
  public void drop() {
    sharing.failed(this);
    waiter.gather().drop(waiter.index());
    for (Waiter other : finalJoined()) {
      other.gather().drop(other.index());
    }
  }

  /** The list does not change once the row is settled. */
  private synchronized List<Waiter> finalJoined() {
    return joined;
  }

  private synchronized boolean settle() {
    boolean first = !settled;
    settled = true;
    return first;
  }
}
