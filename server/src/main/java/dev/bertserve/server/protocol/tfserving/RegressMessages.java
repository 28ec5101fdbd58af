package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.proto.tfserving.RegressionRequest;
import dev.bertserve.proto.tfserving.RegressionResponse;
import dev.bertserve.proto.tfserving.RegressionResult;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.Prediction;

/** Examples; a number for each of them. */
final class RegressMessages {

  private RegressMessages() {}

  /** Throws INVALID if the request is malformed, and TOO_LARGE for too many rows. */
  static ScoreMessages<RegressionResponse> read(
      RegressionRequest request, ModelSignature signature, int maxRows) {
    RegressMethod.requireNumber(signature.outputs());
    return new ScoreMessages<>(
        ExampleRows.of(request.getInput(), signature.inputs(), maxRows), RegressMessages::response);
  }

  private static RegressionResponse response(Prediction prediction, ModelSpec served) {
    Column values = prediction.values().get(RegressMethod.output(prediction.outputs()));
    RegressionResult.Builder result = RegressionResult.newBuilder();
    for (int row = 0; row < prediction.rows(); row++) {
      result.addRegressionsBuilder().setValue((float) values.number(row));
    }
    return RegressionResponse.newBuilder().setModelSpec(served).setResult(result).build();
  }
}
