package dev.bertserve.server.serving;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.metrics.InferenceMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one runner thread: takes a batch, runs it, and distributes its outputs to the rows.
 */
final class BatchRunner implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

  private final BatchQueue<Row> queue;
  private final Engine engine;
  private final InferenceMetrics metrics;
  private final LongSupplier clockNanos;

  /** Rows of the batch that the engine runs; empty while it runs none. */
  @GuardedBy("this")
  private List<Row> inEngine = List.of();

  @GuardedBy("this")
  private long inEngineSinceNanos;

  BatchRunner(
      BatchQueue<Row> queue, Engine engine, InferenceMetrics metrics, LongSupplier clockNanos) {
    this.queue = queue;
    this.engine = engine;
    this.metrics = metrics;
    this.clockNanos = clockNanos;
  }

  /**
   * Runs until the queue is closed and empty. If a batch throws, its rows fail and the next batch
   * runs. If the queue throws, the loop ends.
   */
  @Override
  public void run() {
    List<Row> taken = List.of();
    try {
      for (Optional<BatchPlan<Row>> batch = queue.take(); batch.isPresent(); batch = queue.take()) {
        taken = batch.get().rows();
        runOrFail(batch.get());
        taken = List.of();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("an interrupt while the queue was open", e);
    } finally {
      // Empty unless the loop ended before the batch was finished.
      fail(taken, "the server is broken");
    }
  }

  /**
   * Fails the rows of a batch that has been in the engine for {@code timeoutNanos}; returns whether
   * there was one. Any thread.
   */
  boolean failIfHanging(long nowNanos, long timeoutNanos) {
    List<Row> hanging;
    synchronized (this) {
      if (inEngine.isEmpty() || nowNanos - inEngineSinceNanos < timeoutNanos) {
        return false;
      }
      hanging = inEngine;
    }
    fail(hanging, "the model did not answer in time");
    return true;
  }

  private void runOrFail(BatchPlan<Row> batch) {
    try {
      run(batch);
    } catch (RuntimeException | Error e) {
      // The thread survives every failure, since the next batch may succeed.
      fail(batch.rows(), "the model failed to run");
      LOG.error("batch of {} rows failed", batch.rows().size(), e);
    }
  }

  private static void fail(List<Row> rows, String reason) {
    ServingException failure = new ServingException(FailureKind.INTERNAL, reason);
    rows.forEach(row -> row.fail(failure));
  }

  private void run(BatchPlan<Row> batch) {
    long takenNanos = clockNanos.getAsLong();
    for (Row row : batch.rows()) {
      metrics.recordWait(takenNanos - row.enqueuedNanos());
    }
    try {
      score(batch, takenNanos);
    } catch (ServingException rejected) {
      if (batch.rows().size() == 1) {
        batch.rows().get(0).fail(rejected);
      } else {
        // A value that the model rejects must not fail the other rows.
        batch.rows().forEach(this::scoreAlone);
      }
    }
  }

  private void scoreAlone(Row row) {
    BatchShape shape = engine.shapes().ofOneRow(row.tokens());
    try {
      score(BatchPlan.ofOneRow(row, shape), clockNanos.getAsLong());
    } catch (ServingException rejected) {
      row.fail(rejected);
    }
  }

  private void score(BatchPlan<Row> batch, long takenNanos) {
    List<Row> rows = batch.rows();
    List<EncodedRow> contents = new ArrayList<>(rows.size());
    int tokens = 0;
    for (Row row : rows) {
      contents.add(row.content());
      tokens += row.tokens();
    }
    List<Column> values;
    enterEngine(rows, takenNanos);
    try {
      values = engine.run(batch.with(contents));
    } finally {
      enterEngine(List.of(), 0);
    }
    requireSizes(values, rows.size());
    long elapsedNanos = clockNanos.getAsLong() - takenNanos;
    queue.recordRun(batch.paddedTokens(), tokens, elapsedNanos);
    metrics.recordRun(rows.size(), tokens, batch.paddedTokens(), elapsedNanos);
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).complete(values, rows.size(), i);
    }
  }

  /**
   * Checked before any row gets its output, so that no output of the wrong size reaches the cache.
   */
  private void requireSizes(List<Column> values, int rows) {
    List<OutputSpec> outputs = engine.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      OutputSpec output = outputs.get(i);
      long expected = (long) rows * output.rowSize();
      if (values.get(i).size() != expected) {
        throw new IllegalStateException(
            "output "
                + output.name()
                + ": "
                + values.get(i).size()
                + " values (expected: "
                + expected
                + ")");
      }
    }
  }

  private synchronized void enterEngine(List<Row> rows, long nowNanos) {
    inEngine = rows;
    inEngineSinceNanos = nowNanos;
  }
}
