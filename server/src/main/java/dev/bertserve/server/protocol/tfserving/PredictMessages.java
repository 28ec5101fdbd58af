package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.proto.tfserving.PredictRequest;
import dev.bertserve.proto.tfserving.PredictResponse;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.util.List;

/** A tensor for each input; all outputs return, or those that the request names. */
record PredictMessages(PredictRequest request) implements ScoreMessages<PredictResponse> {

  @Override
  public RowList rows(ModelSignature signature, int maxRows) {
    List<String> outputs = signature.outputs().stream().map(OutputSpec::name).toList();
    for (String asked : request.getOutputFilterList()) {
      if (!outputs.contains(asked)) {
        throw TfBody.invalid(
            "output_filter: " + TfBody.shown(asked) + " (expected: outputs " + outputs + ")");
      }
    }
    return TensorReader.rows(request.getInputsMap(), signature.inputs(), maxRows);
  }

  @Override
  public PredictResponse response(Prediction prediction, ModelSpec served) {
    PredictResponse.Builder response = PredictResponse.newBuilder().setModelSpec(served);
    for (int i = 0; i < prediction.outputs().size(); i++) {
      OutputSpec output = prediction.outputs().get(i);
      if (request.getOutputFilterCount() == 0
          || request.getOutputFilterList().contains(output.name())) {
        response.putOutputs(
            output.name(), TensorMessage.of(output, prediction.values().get(i), prediction.rows()));
      }
    }
    return response.build();
  }
}
