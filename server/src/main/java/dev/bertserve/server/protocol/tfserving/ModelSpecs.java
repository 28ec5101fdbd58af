package dev.bertserve.server.protocol.tfserving;

import com.google.protobuf.Int64Value;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.server.protocol.rows.ModelPath;
import dev.bertserve.server.serving.ModelIdentity;
import dev.bertserve.server.serving.ModelLease;
import java.util.Optional;
import java.util.OptionalLong;

/** How messages name models. */
final class ModelSpecs {

  private ModelSpecs() {}

  /** The model that {@code spec} names; throws INVALID if it names none, or a version's label. */
  static ModelPath path(ModelSpec spec) {
    if (spec.getName().isEmpty()) {
      throw TfBody.invalid("model_spec: no name (expected: a model of this server)");
    }
    return switch (spec.getVersionChoiceCase()) {
      case VERSION_LABEL -> throw TfModels.unknownLabel(spec.getVersionLabel());
      case VERSION -> new ModelPath(spec.getName(), OptionalLong.of(spec.getVersion().getValue()));
      case VERSIONCHOICE_NOT_SET -> new ModelPath(spec.getName(), OptionalLong.empty());
    };
  }

  /** Throws INVALID if {@code spec} names another signature than the model serves. */
  static void requireSignature(ModelSpec spec, ModelLease lease) {
    TfBody.requireSignature(
        Optional.of(spec.getSignatureName()).filter(name -> !name.isEmpty()), lease);
  }

  /** The model and the signature that are served. */
  static ModelSpec of(ModelIdentity identity) {
    return ModelSpec.newBuilder()
        .setName(identity.version().name())
        .setVersion(Int64Value.of(identity.version().number()))
        .setSignatureName(identity.signature())
        .build();
  }
}
