package dev.bertserve.server.inference;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers by the exact ids of their rows: those that are known, and rows that are on their way, so
 * that the same text in flight runs once. Any thread.
 */
public final class RowCache {

  /**
   * About what an entry costs beside its ids and values: objects, headers, the cache's own node.
   */
  private static final int ENTRY_BYTES = 240;

  private final boolean on;
  private final Cache<TokenIds, List<float[]>> known;
  private final ConcurrentMap<TokenIds, Row> onTheWay = new ConcurrentHashMap<>();
  private final InferenceMetrics metrics;

  /** Keeps answers in about {@code maxBytes}; with 0, keeps and shares nothing. */
  public RowCache(long maxBytes, InferenceMetrics metrics) {
    this.on = maxBytes > 0;
    this.metrics = metrics;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(RowCache::bytes)
            // Eviction in the thread that writes: threads of ours are born in one place.
            .executor(Runnable::run)
            .build();
  }

  /** Whether the answer is known, and costs nothing. */
  boolean holds(TokenIds ids) {
    return on && known.getIfPresent(ids) != null;
  }

  /**
   * Answers row {@code index} of {@code gather}, now or with a row that is on its way already; or
   * gives the row that is still to be queued.
   */
  @Nullable Row place(TokenIds ids, Gather gather, int index, long nowNanos) {
    if (!on) {
      return new Row(ids, new Row.Place(gather, index), nowNanos, this);
    }
    List<float[]> answer = known.getIfPresent(ids);
    if (answer != null) {
      metrics.cacheHit();
      gather.answer(index, answer, 0);
      return null;
    }
    Row.Place place = new Row.Place(gather, index);
    Row own = new Row(ids, place, nowNanos, this);
    while (true) {
      Row other = onTheWay.putIfAbsent(ids, own);
      if (other == null) {
        metrics.cacheMiss();
        return own;
      }
      if (other.join(place)) {
        metrics.cacheJoined();
        return null;
      }
      onTheWay.remove(ids, other);
    }
  }

  /** A row was answered by row {@code source} of {@code answers}. */
  void answered(Row row, List<float[]> answers, int rows, int source) {
    if (!on) {
      return;
    }
    List<float[]> answer = new ArrayList<>(answers.size());
    for (float[] output : answers) {
      int size = output.length / rows;
      answer.add(Arrays.copyOfRange(output, source * size, (source + 1) * size));
    }
    known.put(row.ids(), answer);
    onTheWay.remove(row.ids(), row);
  }

  /** A row will have no answer. */
  void failed(Row row) {
    if (on) {
      onTheWay.remove(row.ids(), row);
    }
  }

  private static int bytes(TokenIds ids, List<float[]> answer) {
    int values = 0;
    for (float[] output : answer) {
      values += output.length;
    }
    return ENTRY_BYTES + Integer.BYTES * ids.length() + Float.BYTES * values;
  }
}
