package dev.bertserve.benchmarks.load;

import dev.bertserve.server.batching.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads of one measurement; closing waits for all and rethrows their failure. */
final class Workers implements AutoCloseable {

  /** The work of a thread. */
  interface Work {
    void run() throws Exception;
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<CompletableFuture<Void>> ends = new ArrayList<>();

  void start(Work work) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    ends.add(end);
    threads.execute(
        () -> {
          try {
            work.run();
            end.complete(null);
          } catch (Exception | Error e) {
            end.completeExceptionally(e);
          }
        });
  }

  @Override
  public void close() {
    threads.shutdown();
    CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0])).join();
  }
}
