package dev.bertserve.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.batching.BatchSize;
import dev.bertserve.server.fixture.PuppetEngine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

final class WarmUpTest {

  private final PuppetEngine engine = PuppetEngine.ofFirstWords();
  private final List<BatchSize> sizes = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> millis = Collections.synchronizedList(new ArrayList<>());

  @Test
  void primeAndTime_shapes_primesEachAndTimesTheLargestAndTheSmallest() {
    WarmUp warmUp = new WarmUp(engine, Runnable::run, clock(100, 40));
    warmUp.prime(1);
    warmUp.time(1, this::ran);

    assertThat(engine.primed()).isEqualTo(engine.shapes());
    assertThat(sizes).containsExactly(new BatchSize(8, 1_024, 128), new BatchSize(1, 128, 128));
    assertThat(millis).containsExactly(100L, 40L);
  }

  @Test
  void prime_twoThreads_shareTheShapes() {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      WarmUp warmUp = new WarmUp(engine, threads, new Ticking());
      warmUp.prime(2);
      warmUp.time(2, this::ran);
    } finally {
      threads.shutdown();
    }

    assertThat(engine.primed()).containsExactlyInAnyOrderElementsOf(engine.shapes());
    assertThat(sizes).hasSize(2);
  }

  /** The runs take so long, one after the other. */
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

  private void ran(BatchSize size, long nanos) {
    sizes.add(size);
    millis.add(TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  /** A clock that is a second later at each look. */
  private static final class Ticking implements LongSupplier {

    private final AtomicLong nanos = new AtomicLong();

    @Override
    public long getAsLong() {
      return nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    }
  }
}
