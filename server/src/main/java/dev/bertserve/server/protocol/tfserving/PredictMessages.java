package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.proto.tfserving.PredictRequest;
import dev.bertserve.proto.tfserving.PredictResponse;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A tensor for each input; all outputs return, or those that the request names. */
final class PredictMessages {

  private PredictMessages() {}

  /** Throws INVALID if the request is malformed, and TOO_LARGE for too many rows. */
  static ScoreMessages<PredictResponse> read(
      PredictRequest request, ModelSignature signature, int maxRows) {
    List<String> outputs = signature.outputs().stream().map(OutputSpec::name).toList();
    List<String> filter = List.copyOf(request.getOutputFilterList());
    Set<String> seen = new HashSet<>();
    for (String asked : filter) {
      if (!seen.add(asked)) {
        throw TfBody.invalid("duplicate output tensor alias: " + Shown.of(asked));
      }
      if (!outputs.contains(asked)) {
        throw TfBody.invalid(
            "output tensor alias not found in signature: "
                + Shown.of(asked)
                + " Outputs expected to be in the set {"
                + String.join(",", outputs)
                + "}.");
      }
    }
    return new ScoreMessages<>(
        TensorReader.rows(request.getInputsMap(), signature.inputs(), maxRows),
        (prediction, served) -> response(prediction, served, filter));
  }

  private static PredictResponse response(
      Prediction prediction, ModelSpec served, List<String> filter) {
    PredictResponse.Builder response = PredictResponse.newBuilder().setModelSpec(served);
    for (int i = 0; i < prediction.outputs().size(); i++) {
      OutputSpec output = prediction.outputs().get(i);
      if (filter.isEmpty() || filter.contains(output.name())) {
        response.putOutputs(
            output.name(), TensorMessage.of(output, prediction.values().get(i), prediction.rows()));
      }
    }
    return response.build();
  }
}
