package dev.bertserve.server.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.fixture.PuppetEngine;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

final class WarmUpTest {

  private final PuppetEngine engine = PuppetEngine.ofFirstWords();

  @Test
  void primeAndTime_shapes_primesEachAndTimesTheLargestAndTheSmallest() {
    WarmUp warmUp = new WarmUp(engine, Runnable::run, clock(100, 40));
    warmUp.prime(1);
    Map<BatchShape, Long> nanos = warmUp.time(1);

    assertThat(engine.primed()).isEqualTo(engine.shapes().largestFirst());
    assertThat(nanos)
        .containsExactly(
            entry(new BatchShape(8, 128), 100_000_000L),
            entry(new BatchShape(1, 128), 40_000_000L));
  }

  @Test
  void prime_twoThreads_shareTheShapes() {
    Map<BatchShape, Long> nanos;
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      WarmUp warmUp = new WarmUp(engine, threads, new Ticking());
      warmUp.prime(2);
      nanos = warmUp.time(2);
    } finally {
      threads.shutdown();
    }

    assertThat(engine.primed()).containsExactlyInAnyOrderElementsOf(engine.shapes().largestFirst());
    assertThat(nanos).hasSize(2);
  }

  /** Times of the runs, in order. */
  private static LongSupplier clock(long... runMillis) {
    Queue<Long> readings = new ArrayDeque<>();
    long now = 0;
    for (long run : runMillis) {
      readings.add(now);
      now += TimeUnit.MILLISECONDS.toNanos(run);
      readings.add(now);
    }
    return readings::remove;
  }

  /** A clock that advances by a second at each reading. */
  private static final class Ticking implements LongSupplier {

    private final AtomicLong nanos = new AtomicLong();

    @Override
    public long getAsLong() {
      return nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    }
  }
}
