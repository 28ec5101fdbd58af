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
   * @param cache answers rows that are known or on their way
   * @param deadline longest that a request may take
   */
  public record Door(AdmissionGate gate, OpenRequests open, RowCache cache, Duration deadline) {}

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
    List<TokenIds> ids;
    boolean admitted = false;
    try {
      ids = tokenise(request, startNanos);
      requireInTime(ids, startNanos + timeoutNanos(request));
      admitted = true;
    } finally {
      if (!admitted) {
        door.gate().leave(count, bytes);
      }
    }
    Gather gather =
        new Gather(
            count,
            signature.outputs(),
            request.abandoned(),
            startNanos + timeoutNanos(request),
            () -> door.gate().leave(count, bytes));
    door.open().add(gather);
    queue(ids, gather, startNanos);
    return gather.result();
  }

  private void queue(List<TokenIds> ids, Gather gather, long startNanos) {
    List<Row> rows = new ArrayList<>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      Row row = door.cache().place(ids.get(i), gather, i, startNanos);
      if (row != null) {
        rows.add(row);
      }
    }
    if (!rows.isEmpty() && !queue.offer(rows)) {
      ServingException stopping =
          new ServingException(FailureKind.UNAVAILABLE, "the server is stopping");
      rows.forEach(row -> row.fail(stopping));
    }
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

  private List<TokenIds> tokenise(PredictRequest request, long startNanos) {
    List<TokenIds> ids = new ArrayList<>(request.rows().size());
    for (String[] texts : request.rows()) {
      ids.add(
          texts.length == 1
              ? tokenizer.tokenize(texts[0])
              : tokenizer.tokenize(texts[0], texts[1]));
    }
    metrics.tokenised(clockNanos.getAsLong() - startNanos);
    return ids;
  }

  /**
   * Refuses a request that would not be done by its deadline: it would only keep others waiting.
   */
  private void requireInTime(List<TokenIds> ids, long deadlineNanos) {
    long tokens = 0;
    int rows = 0;
    for (TokenIds row : ids) {
      if (!door.cache().holds(row)) {
        tokens += row.length();
        rows++;
      }
    }
    long expectedNanos = rows == 0 ? 0 : queue.expectedNanos(new Work(rows, tokens));
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
