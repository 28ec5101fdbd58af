package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.Work;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.serving.admission.AdmissionGate;
import dev.bertserve.server.serving.admission.Permit;
import dev.bertserve.server.serving.admission.ResponseSize;
import dev.bertserve.server.serving.admission.RetryAfter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Admits, encodes and queues the rows of a request. The runner of the last row completes it. */
final class Predictor implements PredictionService {

  /** Reason of a rejection, in the metrics. */
  private static final String OVERLOADED = "overloaded";

  private final NamedSignature served;
  private final ModelSignature signature;
  private final RowEncoding encoding;
  private final Admission admission;
  private final ResponseSize responseSize;
  private final int maxRows;
  private final BatchQueue<Row> queue;
  private final InferenceMetrics metrics;
  private final LongSupplier clockNanos;

  /**
   * Limits and cache in front of the queue.
   *
   * @param gate limits rows and bytes in flight
   * @param open the admitted requests
   * @param cache known outputs and rows in flight
   * @param deadline longest that a request may take
   */
  record Admission(AdmissionGate gate, OpenRequests open, RowCache cache, Duration deadline) {}

  /** Throws if the gate has no room for the output of one row. */
  Predictor(
      NamedSignature served,
      RowEncoding encoding,
      Admission admission,
      BatchQueue<Row> queue,
      InferenceMetrics metrics,
      LongSupplier clockNanos) {
    this.served = served;
    this.signature = served.signature();
    this.encoding = encoding;
    this.admission = admission;
    this.responseSize = responseSize(signature);
    this.maxRows = responseSize.rowsWithin(admission.gate().maxBytes(), admission.gate().maxRows());
    if (maxRows < 1) {
      throw new IllegalArgumentException(
          "max-bytes-in-flight: "
              + admission.gate().maxBytes()
              + " (expected: at least "
              + responseSize.bytes(1)
              + ", the size of the response to one row)");
    }
    this.queue = queue;
    this.metrics = metrics;
    this.clockNanos = clockNanos;
  }

  @Override
  public String signatureName() {
    return served.name();
  }

  @Override
  public ModelSignature signature() {
    return signature;
  }

  @Override
  public void requireRoom(Caller caller) {
    requireTime(caller.deadlineNanos(admission.deadline()));
    try {
      admission.gate().requireRoom();
    } catch (ServingException rejection) {
      metrics.recordRejection(OVERLOADED);
      throw rejection;
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
      return CompletableFuture.completedStage(Prediction.empty(signature));
    }
    long startNanos = clockNanos.getAsLong();
    long deadlineNanos = request.caller().deadlineNanos(admission.deadline());
    requireTime(deadlineNanos);
    Permit permit = enter(request);
    List<EncodedRow> contents;
    Gather gather = null;
    try {
      contents = encode(request, startNanos);
      requireInTime(contents, deadlineNanos);
      gather = new Gather(count, served, request.caller().abandoned(), deadlineNanos, permit);
    } finally {
      if (gather == null) {
        permit.close();
      }
    }
    queue(contents, gather, clockNanos.getAsLong());
    return served.columns().size() == signature.outputs().size()
        ? gather.result()
        : gather
            .result()
            .thenApply(computed -> computed.handTo(any -> signature.complete(computed, request)));
  }

  /** Queues all rows that are not in the cache, or fails all rows. */
  private void queue(List<EncodedRow> contents, Gather gather, long nowNanos) {
    List<Row> rows = List.of();
    boolean queued = false;
    try {
      rows = new ArrayList<>(contents.size());
      admission.open().add(gather);
      for (int i = 0; i < contents.size(); i++) {
        Row row = admission.cache().resolve(contents.get(i), gather, i, nowNanos);
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

  /** Fails {@code rows} for all their waiters, and the other missing rows of {@code gather}. */
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
        throw responseTooLarge(rows);
      }
      return admission.gate().enter(rows, bytes(request) + responseSize.bytes(rows));
    } catch (ServingException rejection) {
      metrics.recordRejection(rejection.kind() == FailureKind.TOO_LARGE ? "too_large" : OVERLOADED);
      throw rejection;
    }
  }

  private ServingException responseTooLarge(int rows) {
    return new ServingException(
        FailureKind.TOO_LARGE,
        "instances: "
            + rows
            + " rows, whose answers take "
            + responseSize.bytes(rows)
            + " bytes (expected: at most "
            + maxRows
            + " rows in one request)");
  }

  private List<EncodedRow> encode(PredictRequest request, long startNanos) {
    List<EncodedRow> contents = new ArrayList<>(request.rows().size());
    for (int row = 0; row < request.rows().size(); row++) {
      contents.add(encoding.encode(request.rows().get(row), request.othersOf(row)));
    }
    metrics.recordTokenise(clockNanos.getAsLong() - startNanos);
    return contents;
  }

  /** Rejects a request that cannot finish by its deadline, since it would only delay others. */
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
    long leftNanos = requireTime(deadlineNanos);
    if (expectedNanos > leftNanos) {
      metrics.recordRejection("deadline");
      throw new ServingException(
          FailureKind.UNAVAILABLE,
          "deadline: about "
              + TimeUnit.NANOSECONDS.toMillis(expectedNanos)
              + " ms needed (expected: at most "
              + TimeUnit.NANOSECONDS.toMillis(leftNanos)
              + " ms)",
          RetryAfter.seconds(queue.drainNanos()));
    }
  }

  /** The time left until the deadline; rejects a request that has none. */
  private long requireTime(long deadlineNanos) {
    long leftNanos = deadlineNanos - clockNanos.getAsLong();
    if (leftNanos <= 0) {
      metrics.recordRejection("deadline");
      throw Gather.deadlineExceeded();
    }
    return leftNanos;
  }

  /** What is only handed on is counted with its request. */
  private static ResponseSize responseSize(ModelSignature signature) {
    ResponseSize size = ResponseSize.NONE;
    for (OutputSpec output : signature.outputs()) {
      size = size.plus(output.rowSize(), output.valueBytes(), output.encodedBytes());
    }
    return size;
  }

  private static long bytes(PredictRequest request) {
    long bytes = 0;
    for (String[] texts : request.rows()) {
      for (String text : texts) {
        bytes += (long) Character.BYTES * text.length();
      }
    }
    for (Column column : request.others()) {
      bytes += column.bytes();
    }
    return bytes;
  }
}
