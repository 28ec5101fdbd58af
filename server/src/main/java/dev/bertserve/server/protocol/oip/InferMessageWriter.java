package dev.bertserve.server.protocol.oip;

import com.google.protobuf.ByteString;
import dev.bertserve.proto.oip.InferTensorContents;
import dev.bertserve.proto.oip.ModelInferResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Makes the message of an inference response. */
final class InferMessageWriter {

  private InferMessageWriter() {}

  /** Does not close the prediction. */
  static ModelInferResponse message(InferResponse response) {
    ModelInferResponse.Builder message =
        ModelInferResponse.newBuilder()
            .setModelName(response.model().name())
            .setModelVersion(Long.toString(response.model().number()))
            .setId(response.id().orElse(""));
    for (InferResponse.Output output : response.outputs()) {
      OutputTensor tensor = output.tensor();
      ModelInferResponse.InferOutputTensor.Builder described =
          message.addOutputsBuilder().setName(tensor.name()).setDatatype(tensor.datatype());
      tensor.shape().forEach(described::addShape);
      if (output.binary()) {
        message.addRawOutputContents(bytes(tensor));
      } else {
        InferTensorContents.Builder contents = described.getContentsBuilder();
        for (int i = 0; i < tensor.count(); i++) {
          tensor.write(contents, i);
        }
      }
    }
    return message.build();
  }

  private static ByteString bytes(OutputTensor tensor) {
    try (ByteString.Output bytes = ByteString.newOutput(Math.toIntExact(tensor.bytes()))) {
      for (int i = 0; i < tensor.count(); i++) {
        tensor.write(bytes, i);
      }
      return bytes.toByteString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
