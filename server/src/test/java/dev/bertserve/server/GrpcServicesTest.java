package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.proto.tfserving.PredictRequest;
import dev.bertserve.proto.tfserving.PredictResponse;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.RpcClient;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.wiring.InferenceServer;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** TensorFlow Serving's gRPC services of the whole server with the built-in model. */
@Timeout(120)
final class GrpcServicesTest {

  static final String PREDICT = "tensorflow.serving.PredictionService/Predict";
  private static final PredictResponse PREDICTED = PredictResponse.getDefaultInstance();
  private static final String OUTPUT = "classifier";
  private static final double TOLERANCE = 1e-5;

  private static InferenceServer server;
  private static RpcClient client;
  private static List<KnownAnswer> answers;

  @BeforeAll
  static void start() throws IOException {
    answers = KnownAnswer.builtIn().subList(0, 5);
    server = InferenceServerTest.server("--grpc-port=-1", "--max-rows-in-flight=64");
    server.load(InferenceServerTest.MODEL);
    client = new RpcClient(server.grpcPort().orElseThrow());
  }

  @AfterAll
  static void stop() throws InterruptedException {
    client.close();
    assertThat(server.stop(InferenceServerTest.STOP_LIMIT)).isTrue();
  }

  /** A request for the texts of {@code answers}. */
  static PredictRequest predict(List<KnownAnswer> answers) {
    return PredictRequest.newBuilder()
        .setModelSpec(ModelSpec.newBuilder().setName("bert"))
        .putInputs("text", texts(answers, answers.size()))
        .build();
  }

  private static TensorProto texts(List<KnownAnswer> answers, int... shape) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDtype(DataType.DT_STRING);
    TensorShapeProto.Builder shaped = tensor.getTensorShapeBuilder();
    for (int size : shape) {
      shaped.addDimBuilder().setSize(size);
    }
    answers.forEach(answer -> tensor.addStringVal(ByteString.copyFromUtf8(answer.text())));
    return tensor.build();
  }

  static void assertScores(List<Float> scores, List<KnownAnswer> wanted) {
    assertThat(scores).hasSize(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      assertThat((double) scores.get(i)).isCloseTo(wanted.get(i).score(), within(TOLERANCE));
    }
  }

  @Test
  void predict_texts_returnsTheTensorAndTheModel() {
    PredictResponse response = client.call(PREDICT, predict(answers), PREDICTED);

    ModelSpec served = response.getModelSpec();
    assertThat(served.getName()).isEqualTo("bert");
    assertThat(served.getVersion().getValue()).isEqualTo(1);
    assertThat(served.getSignatureName()).isEqualTo("serving_default");
    TensorProto scores = response.getOutputsOrThrow(OUTPUT);
    assertThat(scores.getDtype()).isEqualTo(DataType.DT_FLOAT);
    assertThat(scores.getTensorShape().getDimList())
        .extracting(TensorShapeProto.Dim::getSize)
        .containsExactly(5L, 1L);
    assertScores(scores.getFloatValList(), answers);
  }

  @Test
  void predict_sameTexts_hasTheScoresOfTheCoreToTheLastBit() throws Exception {
    List<String[]> rows = new ArrayList<>();
    answers.forEach(answer -> rows.add(new String[] {answer.text()}));
    try (ModelLease lease = server.models().lease();
        Prediction prediction =
            lease
                .model()
                .predict(
                    new dev.bertserve.server.serving.PredictRequest(
                        rows, Caller.inProcess(System.nanoTime())))
                .toCompletableFuture()
                .get()) {
      PredictResponse response = client.call(PREDICT, predict(answers), PREDICTED);

      Column.Floats core = (Column.Floats) prediction.values().get(0);
      assertThat(response.getOutputsOrThrow(OUTPUT).getFloatValList())
          .containsExactlyElementsOf(floats(core));
    }
  }

  private static List<Float> floats(Column.Floats column) {
    List<Float> list = new ArrayList<>();
    for (float value : column.values()) {
      list.add(value);
    }
    return list;
  }

  @Test
  void predict_everyWayToNameTheModel_isServed() {
    PredictRequest named = predict(answers);
    ModelSpec.Builder spec =
        ModelSpec.newBuilder()
            .setName("bert")
            .setVersion(Int64Value.of(1))
            .setSignatureName("serving_default");
    PredictRequest exact =
        named.toBuilder()
            .setModelSpec(spec)
            .putInputs("text", texts(answers, 5, 1))
            .addOutputFilter(OUTPUT)
            .build();

    assertThat(client.call(PREDICT, exact, PREDICTED))
        .isEqualTo(client.call(PREDICT, named, PREDICTED));
  }

  @Test
  void predict_oneValueForAllRows_isRepeated() {
    PredictRequest request =
        predict(answers).toBuilder().putInputs("text", texts(answers.subList(0, 1), 3)).build();

    List<Float> scores =
        client.call(PREDICT, request, PREDICTED).getOutputsOrThrow(OUTPUT).getFloatValList();

    KnownAnswer first = answers.get(0);
    assertScores(scores, List.of(first, first, first));
  }

  @Test
  void predict_noRows_returnsNone() {
    PredictRequest request =
        predict(answers).toBuilder().putInputs("text", texts(List.of(), 0)).build();

    TensorProto scores = client.call(PREDICT, request, PREDICTED).getOutputsOrThrow(OUTPUT);

    assertThat(scores.getFloatValList()).isEmpty();
    assertThat(scores.getTensorShape().getDim(0).getSize()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nope | | | | NOT_FOUND | Servable not found for request: Latest(nope)",
        "bert | 7 | | | NOT_FOUND | Servable not found for request: Specific(bert, 7)",
        "bert | | stable | | INVALID_ARGUMENT | Unrecognized servable version label: stable",
        "bert | | | other | FAILED_PRECONDITION | Serving signature key \"other\" not found.",
        "'' | 7 | | | INVALID_ARGUMENT | ModelSpec has no name specified.",
        "'' | | | | INVALID_ARGUMENT | ModelSpec has no name specified.",
      })
  void predict_unknownModel_isTold(
      String name, Long version, String label, String signature, Status.Code code, String text) {
    ModelSpec.Builder spec = ModelSpec.newBuilder().setName(name);
    if (version != null) {
      spec.setVersion(Int64Value.of(version));
    }
    if (label != null) {
      spec.setVersionLabel(label);
    }
    if (signature != null) {
      spec.setSignatureName(signature);
    }

    Status status =
        client.failure(PREDICT, predict(answers).toBuilder().setModelSpec(spec).build());

    assertThat(status.getCode()).isEqualTo(code);
    assertThat(status.getDescription()).isEqualTo(text);
  }

  @Test
  void predict_wrongInputs_areToldInOneLine() {
    PredictRequest.Builder good = predict(answers).toBuilder();
    assertRefused(
        good.clone().clearInputs(),
        "input size does not match signature: 0!=1 len({}) != len({text}). Sent extra: {}."
            + " Missing but required: {text}.");
    assertRefused(
        good.clone().putInputs("more", texts(answers, 5)),
        "2!=1 len({more,text}) != len({text}). Sent extra: {more}. Missing but required: {}.");
    assertRefused(good.clone().putInputs("text", texts(answers)), "input text: shape []");
    assertRefused(good.clone().putInputs("text", texts(answers, 5, 2)), "input text: shape [5, 2]");
    assertRefused(
        good.clone().putInputs("text", texts(answers, 4)), "tensor parsing error: text (5 values");
    assertRefused(
        good.clone().putInputs("text", texts(List.of(), 4)),
        "tensor parsing error: text (0 values");
    assertRefused(good.clone().putInputs("text", texts(answers, -1)), "input text: shape [-1]");
    assertRefused(good.clone().putInputs("text", texts(answers, 65)), "more than 64 rows");
    assertRefused(
        good.clone().addOutputFilter("no"),
        "output tensor alias not found in signature: no Outputs expected to be in the set"
            + " {classifier}.");
    assertRefused(
        good.clone().addOutputFilter(OUTPUT).addOutputFilter(OUTPUT),
        "duplicate output tensor alias: classifier");
    assertRefused(good.clone().clearModelSpec(), "Missing ModelSpec");
    TensorProto floats = texts(answers, 5).toBuilder().setDtype(DataType.DT_FLOAT).build();
    assertRefused(
        good.clone().putInputs("text", floats),
        "Expects arg[0] to be string but float is provided");
    TensorProto bytes =
        texts(answers, 5).toBuilder().setStringVal(1, ByteString.copyFrom(new byte[] {-1})).build();
    assertRefused(good.clone().putInputs("text", bytes), "malformed UTF-8");
    assertScores(
        client.call(PREDICT, good.build(), PREDICTED).getOutputsOrThrow(OUTPUT).getFloatValList(),
        answers);
  }

  private static void assertRefused(PredictRequest.Builder request, String problem) {
    Status status = client.failure(PREDICT, request.build());
    assertThat(status.getCode()).as(problem).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains(problem).doesNotContain("\n");
  }

  @Test
  void method_unknown_isUnimplemented() {
    assertThat(
            client
                .send("tensorflow.serving.PredictionService/MultiInference", new byte[0])
                .getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void reflection_list_namesAllServices() {
    ServerReflectionResponse response =
        ClientCalls.blockingServerStreamingCall(
                client.channel(),
                ServerReflectionGrpc.getServerReflectionInfoMethod(),
                CallOptions.DEFAULT,
                ServerReflectionRequest.newBuilder().setListServices("").build())
            .next();

    assertThat(response.getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(
            "tensorflow.serving.PredictionService",
            "tensorflow.serving.ModelService",
            "inference.GRPCInferenceService",
            "grpc.health.v1.Health");
  }
}
