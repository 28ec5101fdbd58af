package dev.bertserve.server.protocol.tfserving;

import com.google.protobuf.Any;
import dev.bertserve.proto.tfserving.GetModelMetadataResponse;
import dev.bertserve.proto.tfserving.GetModelStatusResponse;
import dev.bertserve.proto.tfserving.ModelVersionStatus;
import dev.bertserve.proto.tfserving.SignatureDefMap;
import dev.bertserve.proto.tfserving.StatusProto;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelIdentity;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.List;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** Messages about models; the same facts as the pages have. */
final class TfMessages {

  private TfMessages() {}

  /** Throws INVALID for other fields than the signatures. */
  static GetModelMetadataResponse metadata(
      List<String> fields, ModelIdentity identity, ModelSignature signature) {
    if (fields.isEmpty()) {
      throw TfBody.invalid("GetModelMetadataRequest must specify at least one metadata_field");
    }
    for (String field : fields) {
      if (!field.equals(MetadataEndpoint.SIGNATURE_DEF)) {
        throw TfBody.invalid("Metadata field " + TfBody.shown(field) + " is not supported");
      }
    }
    SignatureDef.Builder described =
        SignatureDef.newBuilder().setMethodName(MetadataEndpoint.METHOD);
    for (InputSpec input : signature.inputs()) {
      described.putInputs(input.name(), tensor(input.name(), input.type(), input.rowShape()));
    }
    for (OutputSpec output : signature.outputs()) {
      described.putOutputs(output.name(), tensor(output.name(), output.type(), output.rowShape()));
    }
    SignatureDefMap signatures =
        SignatureDefMap.newBuilder()
            .putSignatureDef(identity.signature(), described.build())
            .build();
    return GetModelMetadataResponse.newBuilder()
        .setModelSpec(ModelSpecs.of(identity).toBuilder().clearSignatureName())
        .putMetadata(MetadataEndpoint.SIGNATURE_DEF, Any.pack(signatures))
        .build();
  }

  private static TensorInfo tensor(String name, ValueType type, List<Integer> rowShape) {
    return TensorInfo.newBuilder()
        .setName(name + ":0")
        .setDtype(TensorMessage.dataType(type))
        .setTensorShape(TensorMessage.shape(-1, rowShape))
        .build();
  }

  static GetModelStatusResponse status(List<ModelState> states) {
    GetModelStatusResponse.Builder response = GetModelStatusResponse.newBuilder();
    for (ModelState state : states) {
      response
          .addModelVersionStatusBuilder()
          .setVersion(state.version().number())
          .setState(
              state.ready() ? ModelVersionStatus.State.AVAILABLE : ModelVersionStatus.State.LOADING)
          .setStatus(StatusProto.getDefaultInstance());
    }
    return response.build();
  }
}
