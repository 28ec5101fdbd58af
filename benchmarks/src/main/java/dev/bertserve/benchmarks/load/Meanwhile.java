package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Work of a server between two future moments, by its meters. Under overload, responses do not show
 * it: requests of 128 rows are answered half a minute after their arrival, and many at the same
 * time.
 */
final class Meanwhile {

  private static final double NANOS_IN_SECOND = 1e9;

  private final CompletableFuture<Sample> first;
  private final CompletableFuture<Sample> last;

  private record Sample(long nanos, Meters meters) {}

  /**
   * Reads the meters of {@code server} after {@code afterSeconds}, and again {@code seconds} later.
   */
  Meanwhile(Served server, int afterSeconds, int seconds) {
    first = sample(server, afterSeconds);
    last = sample(server, afterSeconds + seconds);
  }

  /** Growth of {@code meter}; waits for the second moment. */
  double sum(String meter) {
    return last.join().meters.since(first.join().meters, meter);
  }

  /** Number of rows that the model ran; waits for the second moment. */
  double rowsPerSecond() {
    double seconds = (last.join().nanos - first.join().nanos) / NANOS_IN_SECOND;
    return sum("bertserve_batch_rows_sum") / seconds;
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
