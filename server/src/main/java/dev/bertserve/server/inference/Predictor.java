package dev.bertserve.server.inference;

import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** The use case in a page: admit, tokenise, queue; the last row's runner completes the answer. */
public final class Predictor implements PredictionService {

  private final ModelSignature signature;
  private final BertTokenizer tokenizer;
  private final AdmissionGate gate;
  private final BatchQueue<Row> queue;
  private final InferenceMetrics metrics;
  private final LongSupplier clockNanos;

  public Predictor(
      ModelSignature signature,
      BertTokenizer tokenizer,
      AdmissionGate gate,
      BatchQueue<Row> queue,
      InferenceMetrics metrics,
      LongSupplier clockNanos) {
    this.signature = signature;
    this.tokenizer = tokenizer;
    this.gate = gate;
    this.queue = queue;
    this.metrics = metrics;
    this.clockNanos = clockNanos;
  }

  @Override
  public ModelSignature signature() {
    return signature;
  }

  @Override
  public CompletionStage<Prediction> predict(PredictRequest request) {
    int count = request.rows().size();
    Gather gather = new Gather(count, signature.outputs(), request.abandoned());
    if (count == 0) {
      return CompletableFuture.completedStage(new Prediction(0, signature.outputs(), List.of()));
    }
    gate.enter(count);
    boolean queued = false;
    try {
      queued = queue.offer(rows(request, gather));
    } finally {
      if (!queued) {
        gate.leave(count);
      }
    }
    if (!queued) {
      throw new ServingException(FailureKind.UNAVAILABLE, "the server is stopping");
    }
    return gather.result().whenComplete((prediction, failure) -> gate.leave(count));
  }

  private List<Row> rows(PredictRequest request, Gather gather) {
    long startNanos = clockNanos.getAsLong();
    List<Row> rows = new ArrayList<>(request.rows().size());
    for (String[] texts : request.rows()) {
      TokenIds ids =
          texts.length == 1 ? tokenizer.tokenize(texts[0]) : tokenizer.tokenize(texts[0], texts[1]);
      rows.add(new Row(ids, gather, rows.size(), startNanos));
    }
    metrics.tokenised(clockNanos.getAsLong() - startNanos);
    return rows;
  }
}
