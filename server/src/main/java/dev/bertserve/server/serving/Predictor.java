package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.Work;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.serving.admission.AdmissionGate;
import dev.bertserve.server.serving.admission.AnswerSize;
import dev.bertserve.server.serving.admission.Permit;
import dev.bertserve.server.serving.admission.RetryAfter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The use case in a page: admit, encode, queue; the last row's runner completes the answer. */
final class Predictor implements PredictionService {

  /** Reason of a refusal, in the metrics. */
  private static final String OVERLOADED = "overloaded";

  private final ModelSignature signature;
  private final RowEncoding encoding;
  private final Admission admission;
  private final AnswerSize answerSize;
  private final int maxRows;
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
  record Admission(AdmissionGate gate, OpenRequests open, RowCache cache, Duration deadline) {}

  /** The gate must have room for the answer to one row. */
  Predictor(
      ModelSignature signature,
      RowEncoding encoding,
      Admission admission,
      BatchQueue<Row> queue,
      InferenceMetrics metrics,
      LongSupplier clockNanos) {
    this.signature = signature;
    this.encoding = encoding;
    this.admission = admission;
    this.answerSize = AnswerSize.of(signature.rowSizes());
    this.maxRows = answerSize.rowsWithin(admission.gate().maxBytes(), admission.gate().maxRows());
    if (maxRows < 1) {
      throw new IllegalArgumentException(
          "max-bytes-in-flight: "
              + admission.gate().maxBytes()
              + " (expected: at least "
              + answerSize.bytes(1)
              + ", which the answer to one row takes)");
    }
    this.queue = queue;
    this.metrics = metrics;
    this.clockNanos = clockNanos;
  }

  @Override
  public ModelSignature signature() {
    return signature;
  }

  @Override
  public void requireRoom() {
    try {
      admission.gate().requireRoom();
    } catch (ServingException refusal) {
      metrics.refused(OVERLOADED);
      throw refusal;
    }
  }

  @Override
  public int maxRows() {
    return maxRows;
  }

  @Override
  public CompletionStage<Prediction> predict(PredictRequest request) {
    int count = request.rows().size();
    if (count == 0) {
      return CompletableFuture.completedStage(new Prediction(0, signature.outputs(), List.of()));
    }
    long startNanos = clockNanos.getAsLong();
    long deadlineNanos = startNanos + timeoutNanos(request);
    Permit permit = enter(request);
    List<EncodedRow> contents;
    Gather gather = null;
    try {
      contents = encode(request, startNanos);
      requireInTime(contents, deadlineNanos);
      gather = new Gather(count, signature.outputs(), request.abandoned(), deadlineNanos, permit);
    } finally {
      if (gather == null) {
        permit.close();
      }
    }
    queue(contents, gather, startNanos);
    return gather.result();
  }

  /** Places and queues all rows, or fails all. */
  private void queue(List<EncodedRow> contents, Gather gather, long startNanos) {
    List<Row> rows = List.of();
    boolean queued = false;
    try {
      rows = new ArrayList<>(contents.size());
      admission.open().add(gather);
      for (int i = 0; i < contents.size(); i++) {
        Row row = admission.cache().place(contents.get(i), gather, i, startNanos);
        if (row != null) {
          rows.add(row);
        }
      }
      if (!rows.isEmpty() && !queue.offer(rows)) {
        fail(rows, gather, FailureKind.UNAVAILABLE, "the server is stopping");
      }
      queued = true;
    } finally {
      if (!queued) {
        fail(rows, gather, FailureKind.INTERNAL, "the rows could not be queued");
      }
    }
  }

  /** Fails {@code rows}, for all who share them, and whatever else is missing in {@code gather}. */
  private static void fail(List<Row> rows, Gather gather, FailureKind kind, String reason) {
    ServingException failure = new ServingException(kind, reason);
    for (Row row : rows) {
      row.fail(failure);
    }
    gather.failMissing(failure);
  }

  private Permit enter(PredictRequest request) {
    int rows = request.rows().size();
    try {
      if (rows > maxRows && rows <= admission.gate().maxRows()) {
        throw tooLargeAnswers(rows);
      }
      return admission.gate().enter(rows, bytes(request) + answerSize.bytes(rows));
    } catch (ServingException refusal) {
      metrics.refused(refusal.kind() == FailureKind.TOO_LARGE ? "too_large" : OVERLOADED);
      throw refusal;
    }
  }

  private ServingException tooLargeAnswers(int rows) {
    return new ServingException(
        FailureKind.TOO_LARGE,
        "instances: "
            + rows
            + " rows, whose answers take "
            + answerSize.bytes(rows)
            + " bytes (expected: at most "
            + maxRows
            + " rows in one request)");
  }

  private long timeoutNanos(PredictRequest request) {
    return Math.min(request.timeout().toNanos(), admission.deadline().toNanos());
  }

  private List<EncodedRow> encode(PredictRequest request, long startNanos) {
    List<EncodedRow> contents = new ArrayList<>(request.rows().size());
    for (String[] texts : request.rows()) {
      contents.add(encoding.encode(texts));
    }
    metrics.tokenised(clockNanos.getAsLong() - startNanos);
    return contents;
  }

  /**
   * Refuses a request that would not be done by its deadline: it would only keep others waiting.
   */
  private void requireInTime(List<EncodedRow> contents, long deadlineNanos) {
    long tokens = 0;
    int rows = 0;
    for (EncodedRow content : contents) {
      if (!admission.cache().holds(content)) {
        tokens += content.tokens();
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
