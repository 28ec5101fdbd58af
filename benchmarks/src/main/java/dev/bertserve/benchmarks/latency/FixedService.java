package dev.bertserve.benchmarks.latency;

import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.PredictRequest;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.PredictionService;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A service that returns the same prepared two scores per row for every request. */
final class FixedService implements PredictionService {

  private static final List<OutputSpec> OUTPUTS = List.of(new OutputSpec("scores", List.of(2)));

  private final Prediction prediction;

  FixedService(int rows) {
    float[] scores = new float[2 * rows];
    for (int row = 0; row < rows; row++) {
      float score = 1f / (row + 3);
      scores[2 * row] = score;
      scores[2 * row + 1] = 1 - score;
    }
    prediction = new Prediction(rows, OUTPUTS, List.of(Column.of(scores)));
  }

  Prediction prediction() {
    return prediction;
  }

  @Override
  public String signatureName() {
    return "serving_default";
  }

  @Override
  public ModelSignature signature() {
    return ModelSignature.ofTexts(List.of("text"), OUTPUTS);
  }

  @Override
  public void requireRoom(Caller caller) {
    // There is always room.
  }

  @Override
  public int maxRows() {
    return 4_096;
  }

  @Override
  public CompletionStage<Prediction> predict(PredictRequest request) {
    return CompletableFuture.completedStage(prediction);
  }
}
