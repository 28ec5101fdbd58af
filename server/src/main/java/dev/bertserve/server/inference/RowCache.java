package dev.bertserve.server.inference;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.bertserve.server.metrics.InferenceMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers by what exactly their rows hold: those that are known, and rows that are on their way, so
 * that the same row in flight runs once. Any thread.
 */
public final class RowCache<R> {

  /**
   * About what an entry costs beside its row and values: objects, headers, the cache's own node.
   */
  private static final int ENTRY_BYTES = 240;

  private final RowEncoding<R> encoding;
  private final boolean on;
  private final Cache<R, List<float[]>> known;
  private final ConcurrentMap<R, Row<R>> onTheWay = new ConcurrentHashMap<>();
  private final InferenceMetrics metrics;

  /** Keeps answers in about {@code maxBytes}; with 0, keeps and shares nothing. */
  public RowCache(RowEncoding<R> encoding, long maxBytes, InferenceMetrics metrics) {
    this.encoding = encoding;
    this.on = maxBytes > 0;
    this.metrics = metrics;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(this::weight)
            // Eviction in the thread that writes: threads of ours are born in one place.
            .executor(Runnable::run)
            .build();
  }

  /** Tokens that a row of {@code content} costs. */
  int tokens(R content) {
    return encoding.tokens(content);
  }

  /** Whether the answer is known, and costs nothing. */
  boolean holds(R content) {
    return on && known.getIfPresent(content) != null;
  }

  /**
   * Answers row {@code index} of {@code gather}, now or with a row that is on its way already; or
   * gives the row that is still to be queued.
   */
  @Nullable Row<R> place(R content, Gather gather, int index, long nowNanos) {
    if (!on) {
      return new Row<>(content, new Row.Place(gather, index), nowNanos, this);
    }
    List<float[]> answer = known.getIfPresent(content);
    if (answer != null) {
      metrics.cacheHit();
      gather.answer(index, answer, 0);
      return null;
    }
    Row.Place place = new Row.Place(gather, index);
    Row<R> own = new Row<>(content, place, nowNanos, this);
    while (true) {
      Row<R> other = onTheWay.putIfAbsent(content, own);
      if (other == null) {
        metrics.cacheMiss();
        return own;
      }
      if (other.join(place)) {
        metrics.cacheJoined();
        return null;
      }
      onTheWay.remove(content, other);
    }
  }

  /** A row was answered by row {@code source} of {@code answers}. */
  void answered(Row<R> row, List<float[]> answers, int rows, int source) {
    if (!on) {
      return;
    }
    List<float[]> answer = new ArrayList<>(answers.size());
    for (float[] output : answers) {
      int size = output.length / rows;
      answer.add(Arrays.copyOfRange(output, source * size, (source + 1) * size));
    }
    known.put(row.content(), answer);
    onTheWay.remove(row.content(), row);
  }

  /** A row will have no answer. */
  void failed(Row<R> row) {
    if (on) {
      onTheWay.remove(row.content(), row);
    }
  }

  /** Bytes of an entry, about. */
  int weight(R content, List<float[]> answer) {
    long bytes = (long) ENTRY_BYTES + encoding.bytes(content);
    for (float[] output : answer) {
      bytes += (long) Float.BYTES * output.length;
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }
}
