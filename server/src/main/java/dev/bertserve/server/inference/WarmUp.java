package dev.bertserve.server.inference;

import dev.bertserve.server.batching.BatchSize;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;

/** What an engine runs before its first request, shared by as many threads as will run batches. */
public final class WarmUp {

  private final Engine<?> engine;
  private final Executor threads;
  private final LongSupplier clockNanos;

  public WarmUp(Engine<?> engine, Executor threads, LongSupplier clockNanos) {
    this.engine = engine;
    this.threads = threads;
    this.clockNanos = clockNanos;
  }

  /** Primes every shape, so that no request pays for what happens once. */
  public void prime(int runners) {
    share(engine.shapes(), runners, engine::prime);
  }

  /**
   * Times some shapes, so that costs are known before the first request.
   *
   * @param ran gets what each took; from several threads
   */
  public void time(int runners, ObjLongConsumer<BatchSize> ran) {
    share(
        ends(engine.shapes()),
        runners,
        shape -> {
          long startNanos = clockNanos.getAsLong();
          engine.runPadding(shape);
          ran.accept(
              new BatchSize(shape.rows(), shape.tokens(), shape.length()),
              clockNanos.getAsLong() - startNanos);
        });
  }

  /** The largest and the smallest, and the longest of one sequence. */
  private static Set<TileShape> ends(List<TileShape> largestFirst) {
    Set<TileShape> ends = new LinkedHashSet<>();
    ends.add(largestFirst.get(0));
    largestFirst.stream().filter(shape -> shape.sequences() == 1).findFirst().ifPresent(ends::add);
    ends.add(largestFirst.get(largestFirst.size() - 1));
    return ends;
  }

  private void share(Collection<TileShape> shapes, int runners, Consumer<TileShape> run) {
    Queue<TileShape> left = new ConcurrentLinkedQueue<>(shapes);
    SideBySide.run(
        threads,
        runners,
        () -> {
          for (TileShape shape = left.poll(); shape != null; shape = left.poll()) {
            run.accept(shape);
          }
        });
  }
}
