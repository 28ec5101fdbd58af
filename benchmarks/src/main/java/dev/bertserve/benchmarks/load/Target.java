package dev.bertserve.benchmarks.load;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What load is sent to. One thread sends; answers come on it, while it waits, or on any other. */
interface Target {

  /** An answer; status 0 is none. */
  record Reply(int status, String body) {}

  /** Sends one request of these rows; the future never fails. */
  CompletableFuture<Reply> send(List<String> texts);
}
