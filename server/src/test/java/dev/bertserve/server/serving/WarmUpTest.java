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
  void prime_timeForAll_runsTheSmallestShapesFirst() {
    new WarmUp(engine, Runnable::run, new Ticking(1)).prime(WarmUp.PRIMING_NANOS);

    assertThat(engine.padded())
        .containsExactly(new BatchShape(1, 128), new BatchShape(2, 128), new BatchShape(8, 128));
  }

  @Test
  void prime_timeForOne_leavesTheOthersOut() {
    new WarmUp(engine, Runnable::run, new Ticking(200)).prime(WarmUp.PRIMING_NANOS);

    assertThat(engine.padded()).containsExactly(new BatchShape(1, 128));
  }

  @Test
  void time_largestSoonDone_runsItToo() {
    Map<BatchShape, Long> nanos = new WarmUp(engine, Runnable::run, clock(25, 90)).time(1);

    assertThat(nanos)
        .containsOnly(
            entry(new BatchShape(1, 128), 25_000_000L), entry(new BatchShape(8, 128), 90_000_000L));
    assertThat(engine.padded()).containsExactly(new BatchShape(1, 128), new BatchShape(8, 128));
  }

  @Test
  void time_largestLong_leavesItOut() {
    Map<BatchShape, Long> nanos = new WarmUp(engine, Runnable::run, clock(26)).time(1);

    assertThat(nanos).containsOnly(entry(new BatchShape(1, 128), 26_000_000L));
    assertThat(engine.padded()).containsExactly(new BatchShape(1, 128));
  }

  @Test
  void time_twoThreads_runEachShapeOnce() {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      assertThat(new WarmUp(engine, threads, new Ticking(1)).time(2)).hasSize(2);
    } finally {
      threads.shutdown();
    }

    assertThat(engine.padded()).containsExactly(new BatchShape(1, 128), new BatchShape(8, 128));
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

  /** A clock that advances at each reading. */
  private static final class Ticking implements LongSupplier {

    private final AtomicLong nanos = new AtomicLong();
    private final long stepMillis;

    Ticking(long stepMillis) {
      this.stepMillis = stepMillis;
    }

    @Override
    public long getAsLong() {
      return nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(stepMillis));
    }
  }
}
