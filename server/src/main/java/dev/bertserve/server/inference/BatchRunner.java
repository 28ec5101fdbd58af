package dev.bertserve.server.inference;

import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.BatchSize;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.metrics.InferenceMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loop of one runner thread: take a batch, run it, scatter the answers. */
public final class BatchRunner<R> implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

  private final BatchQueue<Row<R>> queue;
  private final Engine<R> engine;
  private final InferenceMetrics metrics;
  private final LongSupplier clockNanos;

  private record Running<R>(List<Row<R>> batch, long sinceNanos) {}

  /** Written by the runner; read by the watch. */
  private volatile @Nullable Running<R> running;

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
      for (List<Row<R>> batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
        run(batch);
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
    Running<R> now = running;
    if (now == null || nowNanos - now.sinceNanos() < boundNanos) {
      return false;
    }
    ServingException failure =
        new ServingException(FailureKind.INTERNAL, "the model did not answer in time");
    now.batch().forEach(row -> row.fail(failure));
    return true;
  }

  private void run(List<Row<R>> batch) {
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
    running = new Running<>(batch, takenNanos);
    try {
      answers = engine.run(rows);
    } catch (RuntimeException | Error e) {
      // Whatever it was, the next batch may do better than a server without this thread.
      LOG.error("batch of {} rows failed", batch.size(), e);
      ServingException failure =
          new ServingException(FailureKind.INTERNAL, "the model failed to run");
      batch.forEach(row -> row.fail(failure));
      return;
    } finally {
      running = null;
    }
    long elapsedNanos = clockNanos.getAsLong() - takenNanos;
    BatchSize size = new BatchSize(batch.size(), tokens, longest);
    queue.ran(size, elapsedNanos);
    metrics.ran(size.rows(), size.tokens(), engine.paddedTokens(ids), elapsedNanos);
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).answer(answers, batch.size(), i);
    }
  }
}
