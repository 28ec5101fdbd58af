package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchPlanner;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * Measures how many rows an engine runs in a second.
 *
 * @param engine primed by its first runs here
 * @param runners number of concurrent batches
 * @param minNanos shortest time of a measurement
 */
public record Throughput(Engine engine, int runners, long minNanos) {

  /** The largest number of rows that a batch of the server has. */
  private static final int MAX_BATCH_ROWS = 64;

  /** Rows like {@code row} in a second, in batches as large as the engine takes them. */
  public double rowsPerSecond(EncodedRow row, LongSupplier clockNanos) {
    List<EncodedRow> rows = Collections.nCopies(MAX_BATCH_ROWS, row);
    BatchPlan<Integer> plan =
        BatchPlanner.planAll(engine.shapes(), rows, EncodedRow::tokens).get(0);
    BatchPlan<EncodedRow> batch = plan.with(Collections.nCopies(plan.rows().size(), row));
    ExecutorService threads = Executors.newFixedThreadPool(runners);
    try {
      ConcurrentLoops.run(threads, runners, () -> engine.run(batch));
      return ConcurrentLoops.perSecond(
          threads,
          runners,
          () -> {
            engine.run(batch);
            return batch.rows().size();
          },
          minNanos,
          clockNanos);
    } finally {
      threads.shutdown();
    }
  }
}
