package dev.bertserve.server.serving;

import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.serving.cache.OutputCache;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Cached outputs, and rows in flight: equal rows in flight run once and share the output. Any
 * thread.
 */
final class RowCache implements Row.Sharing {

  private final boolean on;
  private final OutputCache<EncodedRow, List<Column>> known;
  private final ConcurrentMap<EncodedRow, Row> inFlight = new ConcurrentHashMap<>();
  private final InferenceMetrics metrics;

  /** Caches outputs in about {@code maxBytes}; with 0, caches and shares nothing. */
  RowCache(long maxBytes, InferenceMetrics metrics) {
    this.on = maxBytes > 0;
    this.known = new OutputCache<>(maxBytes, EncodedRow::bytes, RowCache::bytes);
    this.metrics = metrics;
  }

  private static long bytes(List<Column> outputs) {
    long bytes = 0;
    for (Column output : outputs) {
      bytes += output.bytes();
    }
    return bytes;
  }

  /** Whether the output is cached. */
  boolean holds(EncodedRow content) {
    return on && known.find(content) != null;
  }

  /**
   * Completes row {@code index} of {@code gather} from the cache, or joins an equal row in flight.
   * Otherwise returns the row to queue.
   */
  @Nullable Row resolve(EncodedRow content, Gather gather, int index, long nowNanos) {
    if (!on) {
      return new Row(content, new Row.Waiter(gather, index), nowNanos, this);
    }
    List<Column> values = known.find(content);
    if (values != null) {
      metrics.recordCacheHit();
      gather.complete(index, values, 0);
      return null;
    }
    Row.Waiter waiter = new Row.Waiter(gather, index);
    Row own = new Row(content, waiter, nowNanos, this);
    while (true) {
      Row other = inFlight.putIfAbsent(content, own);
      if (other == null) {
        metrics.recordCacheMiss();
        return own;
      }
      if (other.join(waiter)) {
        metrics.recordCacheJoin();
        return null;
      }
      inFlight.remove(content, other);
    }
  }

  @Override
  public void completed(Row row, List<Column> outputs, int rows, int source) {
    if (!on) {
      return;
    }
    List<Column> values = new ArrayList<>(outputs.size());
    for (Column output : outputs) {
      int size = output.size() / rows;
      values.add(output.slice(source * size, (source + 1) * size));
    }
    known.put(row.content(), values);
    inFlight.remove(row.content(), row);
  }

  @Override
  public void failed(Row row) {
    if (on) {
      inFlight.remove(row.content(), row);
    }
  }
}
