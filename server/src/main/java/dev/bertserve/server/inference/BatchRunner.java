package dev.bertserve.server.inference;

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
public final class BatchRunner<R> implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

  private final BatchQueue<Row<R>> queue;
  private final Engine<R> engine;
  private final InferenceMetrics metrics;
  private final LongSupplier clockNanos;

  /** Rows of the batch that the engine runs; empty while it runs none. */
  @GuardedBy("this")
  private List<Row<R>> inEngine = List.of();

  @GuardedBy("this")
  private long inEngineSinceNanos;

  public BatchRunner(
      BatchQueue<Row<R>> queue,
      Engine<R> engine,
      InferenceMetrics metrics,
      LongSupplier clockNanos) {
    this.queue = queue;
    this.engine = engine;
    this.metrics = metrics;
    this.clockNanos = clockNanos;
  }

  /** Runs until the queue is closed and empty. */
  @Override
  public void run() {
    try {
      for (Optional<BatchPlan<Row<R>>> batch = queue.take();
          batch.isPresent();
          batch = queue.take()) {
        run(batch.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Fails the rows of a batch that has been in the engine for {@code boundNanos}; answers whether
   * there was one. Any thread.
   */
  boolean failIfHanging(long nowNanos, long boundNanos) {
    List<Row<R>> hanging;
    synchronized (this) {
      if (inEngine.isEmpty() || nowNanos - inEngineSinceNanos < boundNanos) {
        return false;
      }
      hanging = inEngine;
    }
    ServingException failure =
        new ServingException(FailureKind.INTERNAL, "the model did not answer in time");
    hanging.forEach(row -> row.fail(failure));
    return true;
  }

  private void run(BatchPlan<Row<R>> batch) {
    List<Row<R>> rows = batch.rows();
    List<R> contents = new ArrayList<>(rows.size());
    long takenNanos = clockNanos.getAsLong();
    int tokens = 0;
    for (Row<R> row : rows) {
      contents.add(row.content());
      metrics.waited(takenNanos - row.enqueuedNanos());
      tokens += row.tokens();
    }
    List<float[]> answers;
    enterEngine(rows, takenNanos);
    try {
      answers = engine.run(batch.with(contents));
    } catch (RuntimeException | Error e) {
      // Whatever it was, the next batch may do better than a server without this thread.
      LOG.error("batch of {} rows failed", rows.size(), e);
      ServingException failure =
          new ServingException(FailureKind.INTERNAL, "the model failed to run");
      rows.forEach(row -> row.fail(failure));
      return;
    } finally {
      enterEngine(List.of(), 0);
    }
    long elapsedNanos = clockNanos.getAsLong() - takenNanos;
    queue.recordRun(batch.paddedTokens(), tokens, elapsedNanos);
    metrics.ran(rows.size(), tokens, batch.paddedTokens(), elapsedNanos);
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).answer(answers, rows.size(), i);
    }
  }

  private synchronized void enterEngine(List<Row<R>> rows, long nowNanos) {
    inEngine = rows;
    inEngineSinceNanos = nowNanos;
  }
}
