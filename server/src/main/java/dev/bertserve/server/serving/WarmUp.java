package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchShape;
import java.util.ArrayList;
import java.util.Collections;
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
import java.util.function.LongSupplier;

/** Runs an engine before its first request, in as many threads as there will be runners. */
final class WarmUp {

  private static final long PRIMING_NANOS = 250_000_000;

  private final Engine engine;
  private final Executor threads;
  private final LongSupplier clockNanos;

  WarmUp(Engine engine, Executor threads, LongSupplier clockNanos) {
    this.engine = engine;
    this.threads = threads;
    this.clockNanos = clockNanos;
  }

  /**
   * Runs shapes, the smallest first, until {@link #PRIMING_NANOS} have passed. The one-time work of
   * a shape is a large part of its first run only if it is small.
   */
  public void prime() {
    List<BatchShape> smallestFirst = new ArrayList<>(engine.shapes().largestFirst());
    Collections.reverse(smallestFirst);
    long startNanos = clockNanos.getAsLong();
    ConcurrentLoops.run(
        threads,
        1,
        () ->
            smallestFirst.stream()
                .takeWhile(shape -> clockNanos.getAsLong() - startNanos < PRIMING_NANOS)
                .forEach(engine::runPadding));
  }

  /** Times some shapes, in nanoseconds, so that costs are known before the first request. */
  public Map<BatchShape, Long> time(int runners) {
    Set<BatchShape> timed = ends(engine.shapes().largestFirst());
    Map<BatchShape, Long> nanos = new ConcurrentHashMap<>();
    Queue<BatchShape> left = new ConcurrentLinkedQueue<>(timed);
    ConcurrentLoops.run(
        threads,
        runners,
        () -> {
          for (BatchShape shape = left.poll(); shape != null; shape = left.poll()) {
            long startNanos = clockNanos.getAsLong();
            engine.runPadding(shape);
            nanos.put(shape, clockNanos.getAsLong() - startNanos);
          }
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
}
