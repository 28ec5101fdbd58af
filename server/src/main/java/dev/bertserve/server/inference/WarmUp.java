package dev.bertserve.server.inference;

import dev.bertserve.server.batching.BatchSize;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;

/**
 * Runs every shape of an engine, so that no request pays for what happens once. Any number of
 * threads share the shapes of one.
 */
public final class WarmUp implements Runnable {

  /** A short shape runs again: its first time is mostly what happens once. */
  private static final long SHORT_NANOS = 20_000_000;

  private static final int SHORT_RUNS = 3;

  private final Engine<?> engine;
  private final ObjLongConsumer<BatchSize> ran;
  private final LongSupplier clockNanos;
  private final Queue<TileShape> left;

  /** {@code ran} gets what each shape took; from several threads. */
  public WarmUp(Engine<?> engine, ObjLongConsumer<BatchSize> ran, LongSupplier clockNanos) {
    this.engine = engine;
    this.ran = ran;
    this.clockNanos = clockNanos;
    this.left = new ConcurrentLinkedQueue<>(engine.shapes());
  }

  /** Runs until no shape is left. */
  @Override
  public void run() {
    for (TileShape shape = left.poll(); shape != null; shape = left.poll()) {
      long nanos = nanos(shape);
      for (int runs = 1; runs < SHORT_RUNS && nanos < SHORT_NANOS; runs++) {
        nanos = Math.min(nanos, nanos(shape));
      }
      ran.accept(new BatchSize(shape.rows(), shape.tokens(), shape.length()), nanos);
    }
  }

  private long nanos(TileShape shape) {
    long startNanos = clockNanos.getAsLong();
    engine.runPadding(shape);
    return clockNanos.getAsLong() - startNanos;
  }
}
