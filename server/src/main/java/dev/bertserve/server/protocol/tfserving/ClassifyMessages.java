package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.proto.tfserving.ClassificationRequest;
import dev.bertserve.proto.tfserving.ClassificationResponse;
import dev.bertserve.proto.tfserving.Classifications;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.Prediction;

/** Examples; a label and a score for each value of the output that has the scores. */
record ClassifyMessages(ClassificationRequest request)
    implements ScoreMessages<ClassificationResponse> {

  @Override
  public RowList rows(ModelSignature signature, int maxRows) {
    ClassifyMethod.requireScores(signature.outputs());
    return ExampleRows.of(request.getInput(), signature.inputs(), maxRows);
  }

  @Override
  public ClassificationResponse response(Prediction prediction, ModelSpec served) {
    int output = ClassesWriter.scores(prediction.outputs());
    int classes = prediction.outputs().get(output).rowSize();
    int labels = ClassesWriter.labels(prediction.outputs(), classes);
    Column scores = prediction.values().get(output);
    ClassificationResponse.Builder response =
        ClassificationResponse.newBuilder().setModelSpec(served);
    for (int row = 0; row < prediction.rows(); row++) {
      Classifications.Builder classified = response.getResultBuilder().addClassificationsBuilder();
      for (int i = row * classes; i < (row + 1) * classes; i++) {
        classified
            .addClassesBuilder()
            .setScore(TensorMessage.score(scores, i))
            .setLabel(
                labels < 0 ? "" : ((Column.Texts) prediction.values().get(labels)).values()[i]);
      }
    }
    return response.build();
  }
}
