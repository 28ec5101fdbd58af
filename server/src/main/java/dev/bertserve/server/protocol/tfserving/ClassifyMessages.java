package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.proto.tfserving.ClassificationRequest;
import dev.bertserve.proto.tfserving.ClassificationResponse;
import dev.bertserve.proto.tfserving.Classifications;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.server.protocol.rows.TopValues;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.Prediction;

/** Examples; a label and a score for each value of the output that has the scores. */
final class ClassifyMessages {

  private ClassifyMessages() {}

  /** Throws INVALID if the request is malformed, and TOO_LARGE for too many rows. */
  static ScoreMessages<ClassificationResponse> read(
      ClassificationRequest request, ModelSignature signature, int maxRows) {
    ClassifyMethod.requireScores(signature.outputs());
    return new ScoreMessages<>(
        ExampleRows.of(request.getInput(), signature.inputs(), maxRows),
        ClassifyMessages::response);
  }

  private static ClassificationResponse response(Prediction prediction, ModelSpec served) {
    int output = ClassesWriter.scores(prediction.outputs());
    int classes = prediction.outputs().get(output).rowSize();
    int labels = TopValues.labels(prediction.outputs(), classes);
    Column scores = prediction.values().get(output);
    ClassificationResponse.Builder response =
        ClassificationResponse.newBuilder().setModelSpec(served);
    for (int row = 0; row < prediction.rows(); row++) {
      Classifications.Builder classified = response.getResultBuilder().addClassificationsBuilder();
      for (int i = row * classes; i < (row + 1) * classes; i++) {
        classified
            .addClassesBuilder()
            .setScore((float) scores.number(i))
            .setLabel(
                labels < 0 ? "" : ((Column.Texts) prediction.values().get(labels)).values()[i]);
      }
    }
    return response.build();
  }
}
