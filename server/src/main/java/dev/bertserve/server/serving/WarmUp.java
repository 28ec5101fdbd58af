package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchShape;
import java.util.ArrayList;
import java.util.Collections;
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

/** Runs an engine before its first request. */
final class WarmUp {

  /** How long the first model of a process runs shapes, and one that replaces another. */
  static final long PRIMING_NANOS = 250_000_000;

  static final long SHORT_PRIMING_NANOS = 50_000_000;

  /** Longest expected time of the largest shape for which a start waits. */
  private static final long LARGEST_NANOS = 200_000_000;

  private final Engine engine;
  private final Executor threads;
  private final LongSupplier clockNanos;

  WarmUp(Engine engine, Executor threads, LongSupplier clockNanos) {
    this.engine = engine;
    this.threads = threads;
    this.clockNanos = clockNanos;
  }

  /**
   * Runs shapes, the smallest first, until {@code limitNanos} have passed. The one-time work of a
   * shape matters only in the first run of a small one.
   */
  public void prime(long limitNanos) {
    List<BatchShape> smallestFirst = new ArrayList<>(engine.shapes().largestFirst());
    Collections.reverse(smallestFirst);
    long startNanos = clockNanos.getAsLong();
    ConcurrentLoops.run(
        threads,
        1,
        () ->
            smallestFirst.stream()
                .takeWhile(shape -> clockNanos.getAsLong() - startNanos < limitNanos)
                .forEach(engine::runPadding));
  }

  /**
   * Times some shapes, in nanoseconds, so that costs are known before the first request: the
   * smallest, the longest of one sequence, and the largest if that is expected to be quick.
   *
   * @param runners number of threads that share the first two
   */
  public Map<BatchShape, Long> time(int runners) {
    List<BatchShape> largestFirst = engine.shapes().largestFirst();
    BatchShape smallest = largestFirst.get(largestFirst.size() - 1);
    BatchShape longest =
        largestFirst.stream().filter(shape -> shape.sequences() == 1).findFirst().orElse(smallest);
    Map<BatchShape, Long> nanos = time(new LinkedHashSet<>(List.of(longest, smallest)), runners);
    BatchShape largest = largestFirst.get(0);
    long tokenNanos = Objects.requireNonNull(nanos.get(longest)) / longest.tokens();
    if (!nanos.containsKey(largest) && tokenNanos * largest.tokens() <= LARGEST_NANOS) {
      nanos.putAll(time(Set.of(largest), 1));
    }
    return nanos;
  }

  private Map<BatchShape, Long> time(Set<BatchShape> shapes, int runners) {
    Map<BatchShape, Long> nanos = new ConcurrentHashMap<>();
    Queue<BatchShape> left = new ConcurrentLinkedQueue<>(shapes);
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
    return nanos;
  }
}
