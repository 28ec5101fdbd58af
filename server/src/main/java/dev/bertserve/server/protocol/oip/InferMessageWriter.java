package dev.bertserve.server.protocol.oip;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
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
    byte[] bytes = new byte[Math.toIntExact(tensor.bytes())];
    CodedOutputStream sink = CodedOutputStream.newInstance(bytes);
    try {
      for (int i = 0; i < tensor.count(); i++) {
        tensor.write(sink, i);
      }
      sink.checkNoSpaceLeft();
      return UnsafeByteOperations.unsafeWrap(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
