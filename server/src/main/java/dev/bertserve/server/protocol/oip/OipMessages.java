package dev.bertserve.server.protocol.oip;

import dev.bertserve.proto.oip.DataType;
import dev.bertserve.proto.oip.InferStatistics;
import dev.bertserve.proto.oip.ModelConfig;
import dev.bertserve.proto.oip.ModelConfigResponse;
import dev.bertserve.proto.oip.ModelInput;
import dev.bertserve.proto.oip.ModelMetadataResponse;
import dev.bertserve.proto.oip.ModelMetadataResponse.TensorMetadata;
import dev.bertserve.proto.oip.ModelOutput;
import dev.bertserve.proto.oip.ModelStatistics;
import dev.bertserve.proto.oip.ModelStatisticsResponse;
import dev.bertserve.proto.oip.RepositoryIndexResponse;
import dev.bertserve.proto.oip.ServerMetadataResponse;
import dev.bertserve.proto.oip.StatisticDuration;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ModelState;
import java.util.List;

/** Messages about the server and its models; the same facts as the pages have. */
final class OipMessages {

  private OipMessages() {}

  static ServerMetadataResponse server() {
    return ServerMetadataResponse.newBuilder()
        .setName(OipPages.SERVER)
        .setVersion(OipPages.version())
        .addAllExtensions(OipPages.EXTENSIONS)
        .build();
  }

  static ModelMetadataResponse model(String name, List<String> versions, ModelSignature signature) {
    ModelMetadataResponse.Builder message =
        ModelMetadataResponse.newBuilder()
            .setName(name)
            .addAllVersions(versions)
            .setPlatform(OipPages.PLATFORM);
    TensorSpec.inputs(signature).forEach(input -> message.addInputs(tensor(input)));
    TensorSpec.outputs(signature).forEach(output -> message.addOutputs(tensor(output)));
    return message.build();
  }

  private static TensorMetadata tensor(TensorSpec spec) {
    TensorMetadata.Builder tensor =
        TensorMetadata.newBuilder().setName(spec.name()).setDatatype(Datatype.of(spec.type()));
    spec.shape().forEach(tensor::addShape);
    return tensor.build();
  }

  static ModelConfigResponse config(ModelLease lease) {
    ModelConfig.Builder config =
        ModelConfig.newBuilder()
            .setName(lease.version().name())
            .setPlatform(OipPages.PLATFORM)
            .setBackend(OipPages.BACKEND)
            .setMaxBatchSize(lease.model().maxRows());
    for (TensorSpec spec : TensorSpec.inputs(lease.model().signature())) {
      ModelInput.Builder input =
          config
              .addInputBuilder()
              .setName(spec.name())
              .setDataType(DataType.valueOf(Datatype.inConfig(spec.type())))
              .setOptional(spec.isOptional());
      spec.dims().forEach(input::addDims);
    }
    for (TensorSpec spec : TensorSpec.outputs(lease.model().signature())) {
      ModelOutput.Builder output =
          config
              .addOutputBuilder()
              .setName(spec.name())
              .setDataType(DataType.valueOf(Datatype.inConfig(spec.type())));
      spec.dims().forEach(output::addDims);
    }
    return ModelConfigResponse.newBuilder().setConfig(config).build();
  }

  static ModelStatisticsResponse statistics(List<ModelState> states, InferStats stats) {
    ModelStatisticsResponse.Builder message = ModelStatisticsResponse.newBuilder();
    for (ModelState state : states) {
      InferStats.Counts counts = stats.of(state.version());
      message.addModelStats(
          ModelStatistics.newBuilder()
              .setName(state.version().name())
              .setVersion(Long.toString(state.version().number()))
              .setInferenceCount(counts.rows.sum())
              .setInferenceStats(
                  InferStatistics.newBuilder()
                      .setSuccess(duration(counts.successes.sum(), counts.successNanos.sum()))
                      .setFail(duration(counts.failures.sum(), counts.failureNanos.sum()))
                      .setQueue(duration(counts.successes.sum(), 0))));
    }
    return message.build();
  }

  private static StatisticDuration duration(long count, long nanos) {
    return StatisticDuration.newBuilder().setCount(count).setNs(nanos).build();
  }

  static RepositoryIndexResponse index(List<ModelState> states) {
    RepositoryIndexResponse.Builder message = RepositoryIndexResponse.newBuilder();
    for (ModelState state : states) {
      message
          .addModelsBuilder()
          .setName(state.version().name())
          .setVersion(Long.toString(state.version().number()))
          .setState(OipPages.state(state))
          .setReason(state.error());
    }
    return message.build();
  }
}
