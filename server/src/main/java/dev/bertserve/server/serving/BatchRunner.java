package dev.bertserve.server.serving;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.metrics.InferenceMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loop of one runner thread: take a batch, run it, scatter the answers. */
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
   * Runs until the queue is closed and empty. Whatever a batch throws fails its rows, and the next
   * one runs; whatever the queue throws ends the loop.
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
      // None, unless the loop broke with a batch in hand.
      fail(taken, "the server is broken");
    }
  }

  /**
   * Fails the rows of a batch that has been in the engine for {@code boundNanos}; answers whether
   * there was one. Any thread.
   */
  boolean failIfHanging(long nowNanos, long boundNanos) {
    List<Row> hanging;
    synchronized (this) {
      if (inEngine.isEmpty() || nowNanos - inEngineSinceNanos < boundNanos) {
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
      // Whatever it was, the next batch may do better than a server without this thread.
      fail(batch.rows(), "the model failed to run");
      LOG.error("batch of {} rows failed", batch.rows().size(), e);
    }
  }

  private static void fail(List<Row> rows, String reason) {
    ServingException failure = new ServingException(FailureKind.INTERNAL, reason);
    rows.forEach(row -> row.fail(failure));
  }

  private void run(BatchPlan<Row> batch) {
    List<Row> rows = batch.rows();
    List<EncodedRow> contents = new ArrayList<>(rows.size());
    long takenNanos = clockNanos.getAsLong();
    int tokens = 0;
    for (Row row : rows) {
      contents.add(row.content());
      metrics.waited(takenNanos - row.enqueuedNanos());
      tokens += row.tokens();
    }
    List<float[]> answers;
    enterEngine(rows, takenNanos);
    try {
      answers = engine.run(batch.with(contents));
    } finally {
      enterEngine(List.of(), 0);
    }
    requireWhole(answers, rows.size());
    long elapsedNanos = clockNanos.getAsLong() - takenNanos;
    queue.recordRun(batch.paddedTokens(), tokens, elapsedNanos);
    metrics.ran(rows.size(), tokens, batch.paddedTokens(), elapsedNanos);
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).answer(answers, rows.size(), i);
    }
  }

  /** Before anything is handed out: no answer of a wrong shape may reach the cache. */
  private void requireWhole(List<float[]> answers, int rows) {
    List<OutputSpec> outputs = engine.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      OutputSpec output = outputs.get(i);
      long values = (long) rows * output.rowSize();
      if (answers.get(i).length != values) {
        throw new IllegalStateException(
            "output "
                + output.name()
                + ": "
                + answers.get(i).length
                + " values (expected: "
                + values
                + ")");
      }
    }
  }

  private synchronized void enterEngine(List<Row> rows, long nowNanos) {
    inEngine = rows;
    inEngineSinceNanos = nowNanos;
  }
}
