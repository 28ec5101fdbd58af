package dev.bertserve.server.protocol.tfserving;

import com.google.protobuf.Any;
import dev.bertserve.proto.tfserving.GetModelMetadataResponse;
import dev.bertserve.proto.tfserving.GetModelStatusResponse;
import dev.bertserve.proto.tfserving.ModelVersionStatus;
import dev.bertserve.proto.tfserving.SignatureDefMap;
import dev.bertserve.proto.tfserving.StatusProto;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.PredictionService;
import dev.bertserve.server.serving.ValueType;
import java.util.List;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.error.Code;

/** Messages about models; the same facts as the pages have. */
final class TfMessages {

  private TfMessages() {}

  /** Throws INVALID for other fields than the signatures. */
  static GetModelMetadataResponse metadata(
      List<String> fields, ModelVersion version, List<? extends PredictionService> signatures) {
    if (fields.isEmpty()) {
      throw TfBody.invalid("GetModelMetadataRequest must specify at least one metadata_field");
    }
    for (String field : fields) {
      if (!field.equals(MetadataEndpoint.SIGNATURE_DEF)) {
        throw TfBody.invalid("Metadata field " + Shown.of(field) + " is not supported");
      }
    }
    SignatureDefMap.Builder described = SignatureDefMap.newBuilder();
    for (PredictionService service : signatures) {
      described.putSignatureDef(service.signatureName(), described(service.signature()));
    }
    return GetModelMetadataResponse.newBuilder()
        .setModelSpec(ModelSpecs.of(version, ""))
        .putMetadata(MetadataEndpoint.SIGNATURE_DEF, Any.pack(described.build()))
        .build();
  }

  private static SignatureDef described(ModelSignature signature) {
    SignatureDef.Builder described =
        SignatureDef.newBuilder().setMethodName(MetadataEndpoint.METHOD);
    for (InputSpec input : signature.inputs()) {
      described.putInputs(input.name(), tensor(input.name(), input.type(), input.rowShape()));
    }
    for (OutputSpec output : signature.outputs()) {
      described.putOutputs(output.name(), tensor(output.name(), output.type(), output.rowShape()));
    }
    return described.build();
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
          .setState(ModelVersionStatus.State.valueOf(state.state().name()))
          .setStatus(status(state.error()));
    }
    return response.build();
  }

  private static StatusProto status(String error) {
    return error.isEmpty()
        ? StatusProto.getDefaultInstance()
        : StatusProto.newBuilder().setErrorCode(Code.UNKNOWN).setErrorMessage(error).build();
  }
}
