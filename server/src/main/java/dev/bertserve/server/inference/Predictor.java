package dev.bertserve.server.inference;

import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.Work;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The use case in a page: admit, tokenise, queue; the last row's runner completes the answer. */
public final class Predictor implements PredictionService {

  private final ModelSignature signature;
  private final BertTokenizer tokenizer;
  private final Door door;
  private final BatchQueue<Row> queue;
  private final InferenceMetrics metrics;
  private final LongSupplier clockNanos;

  /**
   * What stands before the queue.
   *
   * @param gate bounds the work that is let in
   * @param open gets the requests that are let in
   * @param deadline longest that a request may take
   */
  public record Door(AdmissionGate gate, OpenRequests open, Duration deadline) {}

  public Predictor(
      ModelSignature signature,
      BertTokenizer tokenizer,
      Door door,
      BatchQueue<Row> queue,
      InferenceMetrics metrics,
      LongSupplier clockNanos) {
    this.signature = signature;
    this.tokenizer = tokenizer;
    this.door = door;
    this.queue = queue;
    this.metrics = metrics;
    this.clockNanos = clockNanos;
  }

  @Override
  public ModelSignature signature() {
    return signature;
  }

  @Override
  public int maxRows() {
    return door.gate().maxRows();
  }

  @Override
  public CompletionStage<Prediction> predict(PredictRequest request) {
    int count = request.rows().size();
    if (count == 0) {
      return CompletableFuture.completedStage(new Prediction(0, signature.outputs(), List.of()));
    }
    long startNanos = clockNanos.getAsLong();
    long bytes = bytes(request);
    enter(count, bytes);
    CompletableFuture<Prediction> result;
    boolean queued = false;
    try {
      long deadlineNanos = startNanos + timeoutNanos(request);
      Gather gather =
          new Gather(
              count,
              signature.outputs(),
              request.abandoned(),
              deadlineNanos,
              () -> door.gate().leave(count, bytes));
      List<Row> rows = rows(request, gather, startNanos);
      requireInTime(rows, deadlineNanos);
      result = gather.result();
      door.open().add(gather);
      queued = queue.offer(rows);
    } finally {
      if (!queued) {
        door.gate().leave(count, bytes);
      }
    }
    if (!queued) {
      ServingException stopping =
          new ServingException(FailureKind.UNAVAILABLE, "the server is stopping");
      result.completeExceptionally(stopping);
      throw stopping;
    }
    return result;
  }

  private void enter(int rows, long bytes) {
    try {
      door.gate().enter(rows, bytes);
    } catch (ServingException refusal) {
      metrics.refused(refusal.kind() == FailureKind.TOO_LARGE ? "too_large" : "overloaded");
      throw refusal;
    }
  }

  private long timeoutNanos(PredictRequest request) {
    return Math.min(request.timeout().toNanos(), door.deadline().toNanos());
  }

  private List<Row> rows(PredictRequest request, Gather gather, long startNanos) {
    List<Row> rows = new ArrayList<>(request.rows().size());
    for (String[] texts : request.rows()) {
      TokenIds ids =
          texts.length == 1 ? tokenizer.tokenize(texts[0]) : tokenizer.tokenize(texts[0], texts[1]);
      rows.add(new Row(ids, gather, rows.size(), startNanos));
    }
    metrics.tokenised(clockNanos.getAsLong() - startNanos);
    return rows;
  }

  /**
   * Refuses a request that would not be done by its deadline: it would only keep others waiting.
   */
  private void requireInTime(List<Row> rows, long deadlineNanos) {
    long tokens = 0;
    for (Row row : rows) {
      tokens += row.tokens();
    }
    long expectedNanos = queue.expectedNanos(new Work(rows.size(), tokens));
    long leftNanos = deadlineNanos - clockNanos.getAsLong();
    if (expectedNanos > leftNanos) {
      metrics.refused("deadline");
      throw new ServingException(
          FailureKind.UNAVAILABLE,
          "deadline: about "
              + TimeUnit.NANOSECONDS.toMillis(expectedNanos)
              + " ms needed (expected: at most "
              + Math.max(0, TimeUnit.NANOSECONDS.toMillis(leftNanos))
              + " ms)",
          RetryAfter.seconds(queue.drainNanos()));
    }
  }

  private static long bytes(PredictRequest request) {
    long bytes = 0;
    for (String[] texts : request.rows()) {
      for (String text : texts) {
        bytes += (long) Character.BYTES * text.length();
      }
    }
    return bytes;
  }
}
