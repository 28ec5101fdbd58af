package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.proto.oip.DataType;
import dev.bertserve.proto.oip.InferStatistics;
import dev.bertserve.proto.oip.ModelConfig;
import dev.bertserve.proto.oip.ModelConfigRequest;
import dev.bertserve.proto.oip.ModelConfigResponse;
import dev.bertserve.proto.oip.ModelInferResponse;
import dev.bertserve.proto.oip.ModelInput;
import dev.bertserve.proto.oip.ModelMetadataRequest;
import dev.bertserve.proto.oip.ModelMetadataResponse;
import dev.bertserve.proto.oip.ModelReadyRequest;
import dev.bertserve.proto.oip.ModelReadyResponse;
import dev.bertserve.proto.oip.ModelStatistics;
import dev.bertserve.proto.oip.ModelStatisticsRequest;
import dev.bertserve.proto.oip.ModelStatisticsResponse;
import dev.bertserve.proto.oip.RepositoryIndexRequest;
import dev.bertserve.proto.oip.RepositoryIndexResponse;
import dev.bertserve.proto.oip.ServerMetadataRequest;
import dev.bertserve.proto.oip.ServerMetadataResponse;
import dev.bertserve.proto.oip.ServerReadyRequest;
import dev.bertserve.proto.oip.ServerReadyResponse;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.RpcClient;
import dev.bertserve.server.wiring.InferenceServer;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the Open Inference Protocol tells over gRPC, of the whole server with the built-in model.
 */
@Timeout(120)
final class GrpcPagesTest {

  private static final String SERVICE = "inference.GRPCInferenceService/";

  private static InferenceServer server;
  private static RpcClient client;

  @BeforeAll
  static void start() throws IOException {
    server = InferenceServerTest.server("--grpc-port=-1");
    client = new RpcClient(server.grpcPort().orElseThrow());
    assertThat(ready()).isFalse();
    server.load(InferenceServerTest.MODEL);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    client.close();
    assertThat(server.stop(InferenceServerTest.STOP_LIMIT)).isTrue();
  }

  private static boolean ready() {
    return client
        .call(
            SERVICE + "ServerReady",
            ServerReadyRequest.getDefaultInstance(),
            ServerReadyResponse.getDefaultInstance())
        .getReady();
  }

  @Test
  void pages_model_tellWhatIsServed() {
    assertThat(ready()).isTrue();
    ModelReadyRequest bert = ModelReadyRequest.newBuilder().setName("bert").build();
    assertThat(
            client
                .call(SERVICE + "ModelReady", bert, ModelReadyResponse.getDefaultInstance())
                .getReady())
        .isTrue();
    Status unknown =
        client.failure(SERVICE + "ModelReady", bert.toBuilder().setName("nope").build());
    assertThat(unknown.getDescription()).contains("nope");
    ServerMetadataResponse about =
        client.call(
            SERVICE + "ServerMetadata",
            ServerMetadataRequest.getDefaultInstance(),
            ServerMetadataResponse.getDefaultInstance());
    assertThat(about.getName()).isEqualTo("bertserve");
    ModelMetadataResponse model =
        client.call(
            SERVICE + "ModelMetadata",
            ModelMetadataRequest.newBuilder().setName("bert").build(),
            ModelMetadataResponse.getDefaultInstance());
    assertThat(model.getVersionsList()).containsExactly("1");
    assertThat(model.getInputs(0).getDatatype()).isEqualTo("BYTES");
    assertThat(model.getInputs(0).getShapeList()).containsExactly(-1L, 1L);
    assertThat(model.getOutputs(0).getShapeList()).containsExactly(-1L, 1L);
    RepositoryIndexResponse index =
        client.call(
            SERVICE + "RepositoryIndex",
            RepositoryIndexRequest.newBuilder().setReady(true).build(),
            RepositoryIndexResponse.getDefaultInstance());
    assertThat(index.getModels(0).getState()).isEqualTo("READY");
  }

  @Test
  void config_model_hasTypesAndDimensionsOfOneRow() {
    ModelConfigRequest bert = ModelConfigRequest.newBuilder().setName("bert").build();
    ModelConfig config =
        client
            .call(SERVICE + "ModelConfig", bert, ModelConfigResponse.getDefaultInstance())
            .getConfig();

    assertThat(config.getName()).isEqualTo("bert");
    assertThat(config.getPlatform()).isEqualTo("tensorflow_savedmodel");
    assertThat(config.getBackend()).isEqualTo("tensorflow");
    assertThat(config.getMaxBatchSize()).isPositive();
    assertThat(config.getInputList())
        .containsExactly(
            ModelInput.newBuilder()
                .setName("text")
                .setDataType(DataType.TYPE_STRING)
                .addDims(1)
                .build());
    assertThat(config.getOutput(0).getDataType()).isEqualTo(DataType.TYPE_FP32);
    assertThat(config.getOutput(0).getDimsList()).containsExactly(1L);
    assertThat(
            client
                .failure(SERVICE + "ModelConfig", bert.toBuilder().setVersion("7").build())
                .getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void statistics_requestsOverBothTransports_areCountedByRowsAndRequests() throws Exception {
    List<KnownAnswer> answers = KnownAnswer.builtIn().subList(0, 3);
    ModelStatistics before = statistics();

    client.call(
        GrpcInferenceTest.INFER,
        GrpcInferenceTest.typed(answers),
        ModelInferResponse.getDefaultInstance());
    String body =
        "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"a\"]}]}";
    InferenceServerTest.send(InferenceServerTest.post(server, "/v2/models/bert/infer", body));

    ModelStatistics after = statistics();
    assertThat(after.getInferenceCount() - before.getInferenceCount())
        .isEqualTo(answers.size() + 1);
    InferStatistics stats = after.getInferenceStats();
    long requests =
        stats.getSuccess().getCount() - before.getInferenceStats().getSuccess().getCount();
    assertThat(requests).isEqualTo(2);
    assertThat(stats.getSuccess().getNs()).isPositive();
    assertThat(stats.getQueue().getCount()).isEqualTo(stats.getSuccess().getCount());
  }

  private static ModelStatistics statistics() {
    return client
        .call(
            SERVICE + "ModelStatistics",
            ModelStatisticsRequest.getDefaultInstance(),
            ModelStatisticsResponse.getDefaultInstance())
        .getModelStats(0);
  }
}
