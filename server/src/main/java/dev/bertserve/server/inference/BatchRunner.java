package dev.bertserve.server.inference;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.BatchSize;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.metrics.InferenceMetrics;
import java.util.ArrayList;
import java.util.List;
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

  /** The runner's own, and the watch's to read while it is in the engine. */
  private final List<Row<R>> batch = new ArrayList<>();

  @GuardedBy("this")
  private boolean inEngine;

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

  /**
   * Runs until the queue is closed and empty. Whatever a batch throws fails its rows, and the next
   * one runs; whatever the queue throws ends the loop.
   */
  @Override
  public void run() {
    try {
      while (queue.take(batch)) {
        runOrFail();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("an interrupt while the queue was open", e);
    } finally {
      // None, unless the loop broke with a batch in hand.
      fail("the server is broken");
    }
  }

  /**
   * Fails the rows of a batch that has been in the engine for {@code boundNanos}; answers whether
   * there was one. Any thread.
   */
  boolean failIfHanging(long nowNanos, long boundNanos) {
    List<Row<R>> hanging;
    synchronized (this) {
      if (!inEngine || nowNanos - inEngineSinceNanos < boundNanos) {
        return false;
      }
      hanging = List.copyOf(batch);
    }
    ServingException failure =
        new ServingException(FailureKind.INTERNAL, "the model did not answer in time");
    hanging.forEach(row -> row.fail(failure));
    return true;
  }

  private void runOrFail() {
    try {
      runBatch();
    } catch (RuntimeException | Error e) {
      // Whatever it was, the next batch may do better than a server without this thread.
      fail("the model failed to run");
      LOG.error("batch of {} rows failed", batch.size(), e);
    }
  }

  private void fail(String reason) {
    ServingException failure = new ServingException(FailureKind.INTERNAL, reason);
    batch.forEach(row -> row.fail(failure));
  }

  private void runBatch() {
    List<R> rows = new ArrayList<>(batch.size());
    long takenNanos = clockNanos.getAsLong();
    int tokens = 0;
    int longest = 0;
    for (Row<R> row : batch) {
      rows.add(row.content());
      metrics.waited(takenNanos - row.enqueuedNanos());
      int length = row.tokens();
      tokens += length;
      longest = Math.max(longest, length);
    }
    List<float[]> answers;
    enterEngine(takenNanos);
    try {
      answers = engine.run(rows);
    } finally {
      leaveEngine();
    }
    requireWhole(answers);
    long elapsedNanos = clockNanos.getAsLong() - takenNanos;
    BatchSize size = new BatchSize(batch.size(), tokens, longest);
    queue.ran(size, elapsedNanos);
    metrics.ran(size.rows(), size.tokens(), engine.paddedTokens(rows), elapsedNanos);
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).answer(answers, batch.size(), i);
    }
  }

  /** Before anything is handed out: no answer of a wrong shape may reach the cache. */
  private void requireWhole(List<float[]> answers) {
    List<OutputSpec> outputs = engine.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      OutputSpec output = outputs.get(i);
      long values = (long) batch.size() * output.rowSize();
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

  private synchronized void enterEngine(long nowNanos) {
    inEngine = true;
    inEngineSinceNanos = nowNanos;
  }

  private synchronized void leaveEngine() {
    inEngine = false;
  }
}
