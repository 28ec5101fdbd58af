package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * How many rows a server's model runs in a second, between two moments to come. Answers cannot tell
 * under overload: 128 rows are answered half a minute after they came, and many such requests at
 * the same time.
 */
final class RowsRun {

  private static final double NANOS_IN_SECOND = 1e9;

  private final CompletableFuture<Sample> first;
  private final CompletableFuture<Sample> last;

  private record Sample(long nanos, Meters meters) {}

  /** Looks at {@code server} after so many seconds, and again {@code seconds} later. */
  RowsRun(Served server, int afterSeconds, int seconds) {
    first = sample(server, afterSeconds);
    last = sample(server, afterSeconds + seconds);
  }

  /** Waits for the second moment. */
  double perSecond() {
    Sample from = first.join();
    Sample to = last.join();
    return to.meters.since(from.meters, "bertserve_batch_rows_sum")
        / ((to.nanos - from.nanos) / NANOS_IN_SECOND);
  }

  private static CompletableFuture<Sample> sample(Served server, int afterSeconds) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new Sample(System.nanoTime(), server.meters());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
          }
        },
        CompletableFuture.delayedExecutor(afterSeconds, TimeUnit.SECONDS));
  }
}
