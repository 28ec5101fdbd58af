package dev.bertserve.server.inference;

import dev.bertserve.server.batching.BatchSize;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;

/**
 * Primes every shape of an engine, so that no request pays for what happens once, and times some,
 * so that costs are known before the first request. Any number of threads share the shapes of one.
 */
public final class WarmUp implements Runnable {

  private final Engine<?> engine;
  private final ObjLongConsumer<BatchSize> ran;
  private final LongSupplier clockNanos;
  private final Queue<TileShape> unprimed;
  private final Queue<TileShape> untimed;

  /** {@code ran} gets what each timed shape took; from several threads. */
  public WarmUp(Engine<?> engine, ObjLongConsumer<BatchSize> ran, LongSupplier clockNanos) {
    this.engine = engine;
    this.ran = ran;
    this.clockNanos = clockNanos;
    unprimed = new ConcurrentLinkedQueue<>(engine.shapes());
    untimed = new ConcurrentLinkedQueue<>(ends(engine.shapes()));
  }

  /** The largest and the smallest, and the longest of one row. */
  private static Set<TileShape> ends(List<TileShape> largestFirst) {
    Set<TileShape> ends = new LinkedHashSet<>();
    ends.add(largestFirst.get(0));
    largestFirst.stream().filter(shape -> shape.rows() == 1).findFirst().ifPresent(ends::add);
    ends.add(largestFirst.get(largestFirst.size() - 1));
    return ends;
  }

  /** Runs until no shape is left. */
  @Override
  public void run() {
    for (TileShape shape = unprimed.poll(); shape != null; shape = unprimed.poll()) {
      engine.prime(shape);
    }
    for (TileShape shape = untimed.poll(); shape != null; shape = untimed.poll()) {
      long startNanos = clockNanos.getAsLong();
      engine.runPadding(shape);
      ran.accept(
          new BatchSize(shape.rows(), shape.tokens(), shape.length()),
          clockNanos.getAsLong() - startNanos);
    }
  }
}
