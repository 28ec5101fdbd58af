package dev.bertserve.benchmarks.load;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The target of load. One thread sends; responses arrive on that thread, while it waits, or on
 * another one.
 */
interface Target {

  /** A response; status 0 means none. */
  record Reply(int status, String body) {}

  /** Sends one request of these rows. The future never fails. */
  CompletableFuture<Reply> send(List<String> texts);
}
