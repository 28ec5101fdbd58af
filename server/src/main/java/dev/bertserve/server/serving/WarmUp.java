package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchShape;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Runs an engine before its first request, in as many threads as there will be runners. */
final class WarmUp {

  private final Engine engine;
  private final Executor threads;
  private final LongSupplier clockNanos;

  WarmUp(Engine engine, Executor threads, LongSupplier clockNanos) {
    this.engine = engine;
    this.threads = threads;
    this.clockNanos = clockNanos;
  }

  /** Primes every shape, so that no request pays for one-time work. */
  public void prime(int runners) {
    share(engine.shapes().largestFirst(), runners, engine::prime);
  }

  /** Times some shapes, in nanoseconds, so that costs are known before the first request. */
  public Map<BatchShape, Long> time(int runners) {
    Set<BatchShape> timed = ends(engine.shapes().largestFirst());
    Map<BatchShape, Long> nanos = new ConcurrentHashMap<>();
    share(
        timed,
        runners,
        shape -> {
          long startNanos = clockNanos.getAsLong();
          engine.runPadding(shape);
          nanos.put(shape, clockNanos.getAsLong() - startNanos);
        });
    Map<BatchShape, Long> largestFirst = new LinkedHashMap<>();
    timed.forEach(shape -> largestFirst.put(shape, Objects.requireNonNull(nanos.get(shape))));
    return largestFirst;
  }

  /** The largest and the smallest shape, and the longest shape of one sequence. */
  private static Set<BatchShape> ends(List<BatchShape> largestFirst) {
    Set<BatchShape> ends = new LinkedHashSet<>();
    ends.add(largestFirst.get(0));
    largestFirst.stream().filter(shape -> shape.sequences() == 1).findFirst().ifPresent(ends::add);
    ends.add(largestFirst.get(largestFirst.size() - 1));
    return ends;
  }

  private void share(Collection<BatchShape> shapes, int runners, Consumer<BatchShape> run) {
    Queue<BatchShape> left = new ConcurrentLinkedQueue<>(shapes);
    ConcurrentLoops.run(
        threads,
        runners,
        () -> {
          for (BatchShape shape = left.poll(); shape != null; shape = left.poll()) {
            run.accept(shape);
          }
        });
  }
}
