package dev.bertserve.server.inference;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.batching.Batchable;
import dev.bertserve.tokenizer.TokenIds;
import java.util.List;

/** One text's ids, on their way through the queue, and the place where its answer belongs. */
public final class Row implements Batchable {

  private final TokenIds ids;
  private final Gather gather;
  private final int index;
  private final long enqueuedNanos;

  @GuardedBy("this")
  private boolean settled;

  Row(TokenIds ids, Gather gather, int index, long enqueuedNanos) {
    this.ids = ids;
    this.gather = gather;
    this.index = index;
    this.enqueuedNanos = enqueuedNanos;
  }

  TokenIds ids() {
    return ids;
  }

  long enqueuedNanos() {
    return enqueuedNanos;
  }

  /** Takes its answer from row {@code source} of a batch's answers. */
  void answer(List<float[]> answers, int source) {
    if (settle()) {
      gather.answer(index, answers, source);
    }
  }

  /** Fails unless it is answered already; an answer that comes later is dropped. */
  void fail(Throwable failure) {
    if (settle()) {
      gather.fail(failure);
    }
  }

  @Override
  public int tokens() {
    return ids.length();
  }

  @Override
  public boolean closeIfUnwanted(long nowNanos) {
    return gather.unwanted(nowNanos);
  }

  @Override
  public void drop() {
    if (settle()) {
      gather.drop();
    }
  }

  private synchronized boolean settle() {
    boolean first = !settled;
    settled = true;
    return first;
  }
}
