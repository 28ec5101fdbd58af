package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.Prediction;

/**
 * {@code {"results": [[[label, score], ...], ...]}}: for each example the first output of scores.
 * Labels are empty if the model has none.
 */
final class ClassifyMethod implements TfMethod {

  @Override
  public PredictBody read(byte[] body, ModelSignature signature, int maxRows) {
    requireScores(signature);
    return ExamplesReader.read(body, signature.inputs(), maxRows);
  }

  /** Throws INVALID if the model is no classifier. */
  static void requireScores(ModelSignature signature) {
    if (ClassesWriter.scores(signature.outputs()) < 0) {
      throw TfBody.invalid("classify: no output of scores (expected: one, as of a classifier)");
    }
  }

  @Override
  public Payload write(Prediction prediction, PredictBody body) {
    return new ClassesWriter(prediction);
  }
}
