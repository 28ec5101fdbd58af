package dev.bertserve.server.serving;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Admitted requests that were not completed at the last call of {@link #expire}. Any thread. */
final class OpenRequests {

  private final Set<Gather> open = ConcurrentHashMap.newKeySet();

  void add(Gather gather) {
    open.add(gather);
  }

  /**
   * Fails requests past their deadline, so that their waiting rows leave the queue without running,
   * and removes completed requests.
   */
  void expire(long nowNanos) {
    for (Gather gather : open) {
      gather.expire(nowNanos);
    }
    open.removeIf(gather -> gather.result().isDone());
  }
}
