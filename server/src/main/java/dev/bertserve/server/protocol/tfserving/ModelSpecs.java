package dev.bertserve.server.protocol.tfserving;

import com.google.protobuf.Int64Value;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.rows.ModelPath;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.PredictionService;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** How messages name models. */
final class ModelSpecs {

  private ModelSpecs() {}

  /** The model that {@code spec} names; throws INVALID if it is missing or has an unknown label. */
  @SuppressWarnings("ReferenceEquality") // A message without a spec returns this instance only.
  static ModelPath path(ModelSpec spec, TfModels models) {
    if (spec == ModelSpec.getDefaultInstance()) {
      throw TfBody.invalid("Missing ModelSpec");
    }
    return switch (spec.getVersionChoiceCase()) {
      case VERSION_LABEL -> models.labelled(spec.getName(), spec.getVersionLabel());
      case VERSION -> new ModelPath(spec.getName(), OptionalLong.of(spec.getVersion().getValue()));
      case VERSIONCHOICE_NOT_SET -> new ModelPath(spec.getName(), OptionalLong.empty());
    };
  }

  /**
   * The model by the signature that {@code spec} names; throws {@code unknown} of an unknown one.
   */
  static PredictionService service(
      ModelSpec spec, ModelLease lease, Function<String, ServingException> unknown) {
    return TfBody.service(Optional.of(spec.getSignatureName()), lease, unknown);
  }

  /** The model and the signature that are served. */
  static ModelSpec of(ModelVersion version, String signature) {
    return ModelSpec.newBuilder()
        .setName(version.name())
        .setVersion(Int64Value.of(version.number()))
        .setSignatureName(signature)
        .build();
  }
}
