package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is returned for an inference request.
 *
 * @param id of the request
 * @param prediction owned by the response
 */
record InferResponse(
    ModelVersion model, Optional<String> id, List<Output> outputs, Prediction prediction) {

  /**
   * An output.
   *
   * @param binary whether its values come behind the JSON
   */
  record Output(OutputTensor tensor, boolean binary) {}

  static InferResponse of(ModelVersion model, InferRequest request, Prediction prediction) {
    List<Output> outputs = new ArrayList<>();
    if (request.outputs().isEmpty()) {
      for (int i = 0; i < prediction.outputs().size(); i++) {
        outputs.add(new Output(new ValueTensor(prediction, i), request.binary()));
      }
    }
    for (RequestedOutput asked : request.outputs()) {
      int index = index(prediction.outputs(), asked.name());
      OutputTensor tensor =
          asked.classes() > 0
              ? new ClassTensor(prediction, index, asked.classes())
              : new ValueTensor(prediction, index);
      outputs.add(new Output(tensor, asked.binary().orElse(request.binary())));
    }
    return new InferResponse(model, request.id(), outputs, prediction);
  }

  /** Throws INVALID if the request asks for an output that the model lacks. */
  static void requireKnown(InferRequest request, List<OutputSpec> outputs) {
    for (RequestedOutput asked : request.outputs()) {
      int index = index(outputs, asked.name());
      if (index >= 0 && asked.classes() > 0 && outputs.get(index).type() == ValueType.STRING) {
        throw InferReader.invalid(
            "output " + asked.name() + ": strings (expected: numbers for a classification)");
      }
      if (index < 0) {
        throw InferReader.invalid(
            "output "
                + Shown.of(asked.name())
                + ": unknown (expected: outputs "
                + outputs.stream().map(OutputSpec::name).toList()
                + ")");
      }
    }
  }

  boolean hasBinary() {
    return outputs.stream().anyMatch(Output::binary);
  }

  private static int index(List<OutputSpec> outputs, String name) {
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
