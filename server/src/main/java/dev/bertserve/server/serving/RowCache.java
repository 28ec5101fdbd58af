package dev.bertserve.server.serving;

import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.serving.cache.AnswerCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Known answers, and rows in flight that several requests share: the same row in flight runs once.
 * Any thread.
 */
final class RowCache implements Row.Sharing {

  private final boolean on;
  private final AnswerCache<EncodedRow> known;
  private final ConcurrentMap<EncodedRow, Row> inFlight = new ConcurrentHashMap<>();
  private final InferenceMetrics metrics;

  /** Keeps answers in about {@code maxBytes}; with 0, keeps and shares nothing. */
  RowCache(long maxBytes, InferenceMetrics metrics) {
    this.on = maxBytes > 0;
    this.known = new AnswerCache<>(maxBytes, EncodedRow::bytes);
    this.metrics = metrics;
  }

  /** Whether the answer is known, and costs nothing. */
  boolean holds(EncodedRow content) {
    return on && known.find(content) != null;
  }

  /**
   * Answers row {@code index} of {@code gather} from the cache, or joins a row in flight; otherwise
   * returns the row to queue.
   */
  @Nullable Row place(EncodedRow content, Gather gather, int index, long nowNanos) {
    if (!on) {
      return new Row(content, new Row.Place(gather, index), nowNanos, this);
    }
    List<float[]> answer = known.find(content);
    if (answer != null) {
      metrics.cacheHit();
      gather.answer(index, answer, 0);
      return null;
    }
    Row.Place place = new Row.Place(gather, index);
    Row own = new Row(content, place, nowNanos, this);
    while (true) {
      Row other = inFlight.putIfAbsent(content, own);
      if (other == null) {
        metrics.cacheMiss();
        return own;
      }
      if (other.join(place)) {
        metrics.cacheJoined();
        return null;
      }
      inFlight.remove(content, other);
    }
  }

  @Override
  public void answered(Row row, List<float[]> answers, int rows, int source) {
    if (!on) {
      return;
    }
    List<float[]> answer = new ArrayList<>(answers.size());
    for (float[] output : answers) {
      int size = output.length / rows;
      answer.add(Arrays.copyOfRange(output, source * size, (source + 1) * size));
    }
    known.put(row.content(), answer);
    inFlight.remove(row.content(), row);
  }

  @Override
  public void failed(Row row) {
    if (on) {
      inFlight.remove(row.content(), row);
    }
  }
}
