package dev.bertserve.server.inference;

import dev.bertserve.server.batching.Batchable;
import dev.bertserve.tokenizer.TokenIds;
import java.util.List;

/** One text's ids, on their way through the queue, and the place where its answer belongs. */
public final class Row implements Batchable {

  private final TokenIds ids;
  private final Gather gather;
  private final int index;
  private final long enqueuedNanos;

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
    gather.answer(index, answers, source);
  }

  void fail(Throwable failure) {
    gather.fail(failure);
  }

  @Override
  public int tokens() {
    return ids.length();
  }

  @Override
  public boolean closeIfUnwanted(long nowNanos) {
    return gather.abandoned();
  }

  @Override
  public void drop() {
    gather.drop();
  }
}
