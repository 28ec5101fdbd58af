package dev.bertserve.server.serving.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Outputs by the contents of their rows, one array per output. Any thread.
 *
 * @param <K> contents of a row; equal contents have equal outputs
 */
public final class OutputCache<K> {

  /**
   * Approximate overhead of an entry beside its row and values: objects, headers, the cache's node.
   */
  private static final int ENTRY_BYTES = 240;

  private final ToIntFunction<K> keyBytes;
  private final Cache<K, List<float[]>> outputs;

  /**
   * Caches outputs in about {@code maxBytes}.
   *
   * @param keyBytes approximate memory of a row's contents
   */
  public OutputCache(long maxBytes, ToIntFunction<K> keyBytes) {
    this.keyBytes = keyBytes;
    this.outputs =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(this::weight)
            // Eviction runs in the thread that writes; the cache starts no threads.
            .executor(Runnable::run)
            .build();
  }

  public @Nullable List<float[]> find(K key) {
    return outputs.getIfPresent(key);
  }

  public void put(K key, List<float[]> values) {
    outputs.put(key, values);
  }

  /** Approximate bytes of an entry. */
  int weight(K key, List<float[]> values) {
    long bytes = (long) ENTRY_BYTES + keyBytes.applyAsInt(key);
    for (float[] output : values) {
      bytes += (long) Float.BYTES * output.length;
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }
}
