package dev.bertserve.server.serving.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Answers by what their rows hold, one array per output. Any thread.
 *
 * @param <K> contents of a row; two that are equal have the same answer
 */
public final class AnswerCache<K> {

  /**
   * Approximate cost of an entry besides its row and values: objects, headers, the cache's node.
   */
  private static final int ENTRY_BYTES = 240;

  private final ToIntFunction<K> keyBytes;
  private final Cache<K, List<float[]>> answers;

  /**
   * Keeps answers in about {@code maxBytes}.
   *
   * @param keyBytes approximate memory of a row's contents
   */
  public AnswerCache(long maxBytes, ToIntFunction<K> keyBytes) {
    this.keyBytes = keyBytes;
    this.answers =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(this::weight)
            // Eviction runs in the thread that writes; the cache starts no threads.
            .executor(Runnable::run)
            .build();
  }

  public @Nullable List<float[]> find(K key) {
    return answers.getIfPresent(key);
  }

  public void put(K key, List<float[]> answer) {
    answers.put(key, answer);
  }

  /** Approximate bytes of an entry. */
  int weight(K key, List<float[]> answer) {
    long bytes = (long) ENTRY_BYTES + keyBytes.applyAsInt(key);
    for (float[] output : answer) {
      bytes += (long) Float.BYTES * output.length;
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }
}
