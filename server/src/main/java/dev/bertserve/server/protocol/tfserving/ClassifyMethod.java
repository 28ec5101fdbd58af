package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.util.List;

/**
 * {@code {"results": [[[label, score], ...], ...]}}: for each example the first output of scores.
 * Labels are empty if the model has none.
 */
final class ClassifyMethod implements TfMethod {

  @Override
  public void requireAllowed(List<OutputSpec> outputs) {
    requireScores(outputs);
  }

  /** Throws INVALID if the model is no classifier. */
  static void requireScores(List<OutputSpec> outputs) {
    if (ClassesWriter.scores(outputs) < 0) {
      throw TfBody.invalid("classify: no output of scores (expected: one, as of a classifier)");
    }
  }

  @Override
  public Payload write(Prediction prediction, PredictBody body) {
    return new ClassesWriter(prediction);
  }
}
