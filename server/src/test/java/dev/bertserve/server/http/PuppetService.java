package dev.bertserve.server.http;

import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.PredictRequest;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.PredictionService;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/** Scores a row by the length of its first text: at once, or, when held, as the test says. */
final class PuppetService implements PredictionService {

  /** A request that waits for the test. */
  record Held(PredictRequest request, CompletableFuture<Prediction> answer) {
    void release() {
      answer.complete(score(request));
    }
  }

  static final int MAX_ROWS = 100_000;

  final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
  volatile boolean holding;
  volatile RuntimeException failure;

  @Override
  public String signatureName() {
    return "serving_default";
  }

  @Override
  public ModelSignature signature() {
    return ModelSignature.ofTexts(List.of("text"), List.of(new OutputSpec("score", List.of(1))));
  }

  @Override
  public void requireRoom(Caller caller) {
    // There always is.
  }

  @Override
  public int maxRows() {
    return MAX_ROWS;
  }

  @Override
  public CompletionStage<Prediction> predict(PredictRequest request) {
    if (failure != null) {
      throw failure;
    }
    if (!holding) {
      return CompletableFuture.completedFuture(score(request));
    }
    CompletableFuture<Prediction> answer = new CompletableFuture<>();
    held.add(new Held(request, answer));
    return answer;
  }

  private static Prediction score(PredictRequest request) {
    float[] values = new float[request.rows().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = request.rows().get(i)[0].length();
    }
    return new Prediction(
        values.length, List.of(new OutputSpec("score", List.of(1))), List.of(Column.of(values)));
  }
}
