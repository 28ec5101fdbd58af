package dev.bertserve.server.protocol.oip;

import dev.bertserve.proto.oip.InferStatistics;
import dev.bertserve.proto.oip.ModelMetadataResponse;
import dev.bertserve.proto.oip.ModelMetadataResponse.TensorMetadata;
import dev.bertserve.proto.oip.ModelStatistics;
import dev.bertserve.proto.oip.ModelStatisticsResponse;
import dev.bertserve.proto.oip.RepositoryIndexResponse;
import dev.bertserve.proto.oip.ServerMetadataResponse;
import dev.bertserve.proto.oip.StatisticDuration;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
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
    for (InputSpec input : signature.inputs()) {
      message.addInputs(tensor(input.name(), input.type(), input.rowShape()));
    }
    for (OutputSpec output : signature.outputs()) {
      message.addOutputs(tensor(output.name(), output.type(), output.rowShape()));
    }
    return message.build();
  }

  private static TensorMetadata tensor(String name, ValueType type, List<Integer> rowShape) {
    TensorMetadata.Builder tensor =
        TensorMetadata.newBuilder().setName(name).setDatatype(Datatype.of(type)).addShape(-1);
    rowShape.forEach(tensor::addShape);
    return tensor.build();
  }

  static ModelStatisticsResponse statistics(List<ModelState> states, InferStats stats) {
    ModelStatisticsResponse.Builder message = ModelStatisticsResponse.newBuilder();
    for (ModelState state : states) {
      InferStats.Counts counts = stats.of(state.version());
      message.addModelStats(
          ModelStatistics.newBuilder()
              .setName(state.version().name())
              .setVersion(Long.toString(state.version().number()))
              .setInferenceCount(counts.successes.sum())
              .setInferenceStats(
                  InferStatistics.newBuilder()
                      .setSuccess(duration(counts.successes.sum(), counts.successNanos.sum()))
                      .setFail(duration(counts.failures.sum(), counts.failureNanos.sum()))));
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
