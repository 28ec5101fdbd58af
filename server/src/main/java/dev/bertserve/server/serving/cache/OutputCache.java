package dev.bertserve.server.serving.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Outputs by the contents of their rows. Any thread.
 *
 * @param <K> contents of a row; equal contents have equal outputs
 * @param <V> outputs of a row
 */
public final class OutputCache<K, V> {

  /**
   * Approximate overhead of an entry beside its row and values: objects, headers, the cache's node.
   */
  private static final int ENTRY_BYTES = 240;

  private final ToIntFunction<K> keyBytes;
  private final ToLongFunction<V> outputBytes;
  private final Cache<K, V> outputs;

  /**
   * Caches outputs in about {@code maxBytes}.
   *
   * @param keyBytes approximate memory of a row's contents
   * @param outputBytes approximate memory of a row's outputs
   */
  public OutputCache(long maxBytes, ToIntFunction<K> keyBytes, ToLongFunction<V> outputBytes) {
    this.keyBytes = keyBytes;
    this.outputBytes = outputBytes;
    this.outputs =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(this::weight)
            // Eviction runs in the thread that writes; the cache starts no threads.
            .executor(Runnable::run)
            .build();
  }

  public @Nullable V find(K key) {
    return outputs.getIfPresent(key);
  }

  public void put(K key, V values) {
    outputs.put(key, values);
  }

  /** Approximate bytes of an entry. */
  int weight(K key, V values) {
    long bytes = ENTRY_BYTES + keyBytes.applyAsInt(key) + outputBytes.applyAsLong(values);
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }
}
