package dev.bertserve.server.serving;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.batching.Batchable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a row holds, on its way through the queue, and the places where its answer belongs: one, or
 * more when the same came again meanwhile. Once it is answered, failed or closed none can join.
 */
final class Row implements Batchable {

  /** Row {@code index} of a request. */
  record Place(Gather gather, int index) {}

  /** Who shares the row with others that ask for the same. */
  interface Sharing {

    /** The row was answered by row {@code source} of {@code answers}. */
    void answered(Row row, List<float[]> answers, int rows, int source);

    /** The row will have no answer. */
    void failed(Row row);
  }

  private final EncodedRow content;
  private final Place place;
  private final long enqueuedNanos;
  private final Sharing sharing;

  @GuardedBy("this")
  private List<Place> joined = List.of();

  @GuardedBy("this")
  private boolean settled;

  Row(EncodedRow content, Place place, long enqueuedNanos, Sharing sharing) {
    this.content = content;
    this.place = place;
    this.enqueuedNanos = enqueuedNanos;
    this.sharing = sharing;
  }

  EncodedRow content() {
    return content;
  }

  long enqueuedNanos() {
    return enqueuedNanos;
  }

  /** Adds a place for the answer; false if it has come already, or never will. */
  synchronized boolean join(Place another) {
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
   * Takes its answer from row {@code source} of the answers to a batch of {@code rows}. If it
   * throws, the row is still to be failed.
   */
  void answer(List<float[]> answers, int rows, int source) {
    if (!settle()) {
      return;
    }
    float notFinite = Engine.firstNotFinite(answers, rows, source);
    if (!Float.isFinite(notFinite)) {
      sharing.failed(this);
      place.gather().failNotFinite(place.index(), notFinite);
      for (Place other : joinedForGood()) {
        other.gather().failNotFinite(other.index(), notFinite);
      }
      return;
    }
    sharing.answered(this, answers, rows, source);
    place.gather().answer(place.index(), answers, source);
    for (Place other : joinedForGood()) {
      other.gather().answer(other.index(), answers, source);
    }
  }

  /**
   * Fails each place that has no answer yet; an answer that comes later is dropped. May be called
   * again, also after an {@link #answer} that threw.
   */
  void fail(Throwable failure) {
    settle();
    sharing.failed(this);
    place.gather().fail(place.index(), failure);
    for (Place other : joinedForGood()) {
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
    if (!place.gather().unwanted(nowNanos)) {
      return false;
    }
    for (Place other : joined) {
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
    place.gather().drop(place.index());
    for (Place other : joinedForGood()) {
      other.gather().drop(other.index());
    }
  }

  /** Nothing joins once the row is settled. */
  private synchronized List<Place> joinedForGood() {
    return joined;
  }

  private synchronized boolean settle() {
    boolean first = !settled;
    settled = true;
    return first;
  }
}
