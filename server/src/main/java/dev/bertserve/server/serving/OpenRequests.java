package dev.bertserve.server.serving;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The requests that are let in and, as of the last look, not answered. Any thread. */
final class OpenRequests {

  private final Set<Gather> open = ConcurrentHashMap.newKeySet();

  void add(Gather gather) {
    open.add(gather);
  }

  /**
   * Fails the requests whose deadline has passed, whose rows then leave the queue unrun, and
   * forgets those that have their result.
   */
  void expire(long nowNanos) {
    for (Gather gather : open) {
      gather.expire(nowNanos);
    }
    open.removeIf(gather -> gather.result().isDone());
  }
}
