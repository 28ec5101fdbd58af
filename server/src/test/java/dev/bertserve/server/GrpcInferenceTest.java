package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.bertserve.proto.oip.InferParameter;
import dev.bertserve.proto.oip.ModelInferRequest;
import dev.bertserve.proto.oip.ModelInferRequest.InferInputTensor;
import dev.bertserve.proto.oip.ModelInferRequest.InferRequestedOutputTensor;
import dev.bertserve.proto.oip.ModelInferResponse;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.RpcClient;
import dev.bertserve.server.wiring.InferenceServer;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Open Inference Protocol over gRPC, of the whole server with the built-in model. */
@Timeout(120)
final class GrpcInferenceTest {

  private static final String SERVICE = "inference.GRPCInferenceService/";
  static final String INFER = SERVICE + "ModelInfer";
  private static final ModelInferResponse INFERRED = ModelInferResponse.getDefaultInstance();
  private static final double TOLERANCE = 1e-5;

  private static InferenceServer server;
  private static RpcClient client;
  private static List<KnownAnswer> answers;

  @BeforeAll
  static void start() throws IOException {
    answers = KnownAnswer.builtIn().subList(0, 3);
    server = InferenceServerTest.server("--grpc-port=-1", "--max-rows-in-flight=64");
    client = new RpcClient(server.grpcPort().orElseThrow());
    Status loading = client.failure(INFER, typed(answers));
    assertThat(loading.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    server.load(InferenceServerTest.MODEL);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    client.close();
    assertThat(server.stop(InferenceServerTest.STOP_LIMIT)).isTrue();
  }

  private static InferInputTensor.Builder input(int rows) {
    return InferInputTensor.newBuilder().setName("text").setDatatype("BYTES").addShape(rows);
  }

  /** Texts in the list of their type. */
  static ModelInferRequest typed(List<KnownAnswer> answers) {
    InferInputTensor.Builder input = input(answers.size());
    answers.forEach(
        answer ->
            input.getContentsBuilder().addBytesContents(ByteString.copyFromUtf8(answer.text())));
    return ModelInferRequest.newBuilder().setModelName("bert").addInputs(input).build();
  }

  /** Texts as bytes. */
  static ModelInferRequest raw(List<KnownAnswer> answers) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (KnownAnswer answer : answers) {
      byte[] text = answer.text().getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(text.length).array());
      bytes.writeBytes(text);
    }
    return ModelInferRequest.newBuilder()
        .setModelName("bert")
        .addInputs(input(answers.size()).addShape(1))
        .addRawInputContents(ByteString.copyFrom(bytes.toByteArray()))
        .build();
  }

  private static void assertScore(double score, KnownAnswer wanted) {
    assertThat(score).isCloseTo(wanted.score(), within(TOLERANCE));
  }

  @Test
  void infer_rawContents_returnsRawContents() {
    ModelInferRequest request = raw(answers).toBuilder().setId("q").setModelVersion("1").build();

    ModelInferResponse response = client.call(INFER, request, INFERRED);

    assertThat(response.getModelName()).isEqualTo("bert");
    assertThat(response.getModelVersion()).isEqualTo("1");
    assertThat(response.getId()).isEqualTo("q");
    assertThat(response.getOutputs(0).getName()).isEqualTo("classifier");
    assertThat(response.getOutputs(0).getDatatype()).isEqualTo("FP32");
    assertThat(response.getOutputs(0).getShapeList()).containsExactly(3L, 1L);
    assertThat(response.getOutputs(0).hasContents()).isFalse();
    ByteBuffer scores =
        response.getRawOutputContents(0).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    assertThat(scores.remaining()).isEqualTo(answers.size() * Float.BYTES);
    for (KnownAnswer answer : answers) {
      assertScore(scores.getFloat(), answer);
    }
  }

  @Test
  void infer_typedContents_returnsTypedContents() {
    ModelInferResponse response = client.call(INFER, typed(answers), INFERRED);

    assertThat(response.getRawOutputContentsCount()).isZero();
    List<Float> scores = response.getOutputs(0).getContents().getFp32ContentsList();
    assertThat(scores).hasSize(answers.size());
    for (int i = 0; i < answers.size(); i++) {
      assertScore(scores.get(i), answers.get(i));
    }
  }

  @Test
  void infer_classification_returnsValueAndIndex() {
    InferRequestedOutputTensor best =
        InferRequestedOutputTensor.newBuilder()
            .setName("classifier")
            .putParameters("classification", InferParameter.newBuilder().setInt64Param(1).build())
            .build();

    ModelInferResponse response =
        client.call(INFER, typed(answers).toBuilder().addOutputs(best).build(), INFERRED);

    String[] first =
        response.getOutputs(0).getContents().getBytesContents(0).toStringUtf8().split(":", -1);
    assertThat(response.getOutputs(0).getDatatype()).isEqualTo("BYTES");
    assertScore(Double.parseDouble(first[0]), answers.get(0));
    assertThat(first[1]).isEqualTo("0");
  }

  @Test
  void infer_wrongRequests_areToldInOneLine() {
    ModelInferRequest.Builder good = raw(answers).toBuilder();
    assertRefused(good.clone().addRawInputContents(ByteString.EMPTY), "raw_input_contents: 2");
    assertRefused(good.clone().clearInputs(), "raw_input_contents: 1");
    assertRefused(
        good.clone().setRawInputContents(0, good.getRawInputContents(0).substring(0, 9)),
        "input text: a text of");
    assertRefused(good.clone().setInputs(0, input(4)), "input text: shape [4]");
    assertRefused(good.clone().setInputs(0, input(3).setDatatype("FP32")), "input text: ");
    assertRefused(good.clone().setInputs(0, input(3).setName("other")), "input other: unknown");
    assertRefused(
        good.clone().setInputs(0, typed(answers).getInputs(0)), "contents and raw_input_contents");
    assertRefused(
        good.clone().setInputs(0, input(3).addAllShape(List.of(1L, 1L, 1L, 1L, 1L, 1L, 1L, 1L))),
        "more than 8 dimensions");
    assertRefused(
        good.clone().addOutputs(InferRequestedOutputTensor.newBuilder().setName("no")),
        "output no: unknown");
    assertRefused(
        good.clone()
            .putParameters("timeout", InferParameter.newBuilder().setInt64Param(-1).build()),
        "timeout: ");
    InferParameter region = InferParameter.newBuilder().setStringParam("a").build();
    assertRefused(
        good.clone().setInputs(0, input(3).putParameters("shared_memory_region", region)),
        "parameters.shared_memory_region: not supported");
    assertRefused(
        good.clone()
            .addOutputs(
                InferRequestedOutputTensor.newBuilder()
                    .setName("classifier")
                    .putParameters("shared_memory_region", region)),
        "parameters.shared_memory_region: not supported");
    assertRefused(
        good.clone()
            .setRawInputContents(0, ByteString.copyFrom(new byte[] {1, 0, 0, 0, -1}))
            .setInputs(0, input(1)),
        "input text: malformed UTF-8 (expected: texts in UTF-8)");
    assertRefused(typed(Collections.nCopies(65, answers.get(0))).toBuilder(), "more than 64 rows");
    assertThat(client.call(INFER, good.build(), INFERRED).getOutputsCount()).isEqualTo(1);
  }

  private static void assertRefused(ModelInferRequest.Builder request, String problem) {
    Status status = client.failure(INFER, request.build());
    assertThat(status.getCode()).as(problem).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains(problem).doesNotContain("\n");
  }

  @Test
  void infer_unknownModel_isNamed() {
    for (ModelInferRequest.Builder request :
        List.of(
            typed(answers).toBuilder().setModelName("nope"),
            typed(answers).toBuilder().setModelName("nope").setModelVersion("3"))) {
      Status status = client.failure(INFER, request.build());
      assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(status.getDescription()).contains("'nope'");
    }
    assertThat(
            client
                .failure(INFER, typed(answers).toBuilder().setModelVersion("x").build())
                .getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
  }
}
