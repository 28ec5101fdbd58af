package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.bertserve.proto.tfserving.ClassificationRequest;
import dev.bertserve.proto.tfserving.ClassificationResponse;
import dev.bertserve.proto.tfserving.ExampleList;
import dev.bertserve.proto.tfserving.ExampleListWithContext;
import dev.bertserve.proto.tfserving.GetModelMetadataRequest;
import dev.bertserve.proto.tfserving.GetModelMetadataResponse;
import dev.bertserve.proto.tfserving.GetModelStatusRequest;
import dev.bertserve.proto.tfserving.GetModelStatusResponse;
import dev.bertserve.proto.tfserving.Input;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.proto.tfserving.ModelVersionStatus;
import dev.bertserve.proto.tfserving.Regression;
import dev.bertserve.proto.tfserving.RegressionRequest;
import dev.bertserve.proto.tfserving.RegressionResponse;
import dev.bertserve.proto.tfserving.SignatureDefMap;
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
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorShapeProto;

/** Examples and pages of TensorFlow Serving's gRPC services of the whole server. */
@Timeout(120)
final class GrpcExamplesTest {

  static final String CLASSIFY = "tensorflow.serving.PredictionService/Classify";
  static final String REGRESS = "tensorflow.serving.PredictionService/Regress";
  private static final String METADATA = "tensorflow.serving.PredictionService/GetModelMetadata";
  private static final String STATUS = "tensorflow.serving.ModelService/GetModelStatus";
  private static final String OUTPUT = "classifier";

  private static InferenceServer server;
  private static RpcClient client;
  private static List<KnownAnswer> answers;

  @BeforeAll
  static void start() throws IOException {
    answers = KnownAnswer.builtIn().subList(0, 5);
    server = InferenceServerTest.server("--grpc-port=-1");
    server.load(InferenceServerTest.MODEL);
    client = new RpcClient(server.grpcPort().orElseThrow());
  }

  @AfterAll
  static void stop() throws InterruptedException {
    client.close();
    assertThat(server.stop(InferenceServerTest.STOP_LIMIT)).isTrue();
  }

  private static Example example(String feature, String text) {
    Feature value =
        Feature.newBuilder()
            .setBytesList(BytesList.newBuilder().addValue(ByteString.copyFromUtf8(text)))
            .build();
    return Example.newBuilder()
        .setFeatures(Features.newBuilder().putFeature(feature, value))
        .build();
  }

  private static Input examples(List<KnownAnswer> answers) {
    ExampleList.Builder list = ExampleList.newBuilder();
    answers.forEach(answer -> list.addExamples(example("text", answer.text())));
    return Input.newBuilder().setExampleList(list).build();
  }

  static ClassificationRequest classification(List<KnownAnswer> answers) {
    return ClassificationRequest.newBuilder()
        .setModelSpec(ModelSpec.newBuilder().setName("bert"))
        .setInput(examples(answers))
        .build();
  }

  static RegressionRequest regression(List<KnownAnswer> answers) {
    return RegressionRequest.newBuilder()
        .setModelSpec(ModelSpec.newBuilder().setName("bert"))
        .setInput(examples(answers))
        .build();
  }

  @Test
  void classify_examples_returnsAScoreOfEachClass() {
    ClassificationRequest request = classification(answers);

    ClassificationResponse response =
        client.call(CLASSIFY, request, ClassificationResponse.getDefaultInstance());

    GrpcServicesTest.assertScores(
        response.getResult().getClassificationsList().stream()
            .map(row -> row.getClasses(0).getScore())
            .toList(),
        answers);
    assertThat(response.getModelSpec().getName()).isEqualTo("bert");
  }

  @Test
  void regress_examplesWithContext_takesTheContextForWhatTheyLack() {
    Input input =
        Input.newBuilder()
            .setExampleListWithContext(
                ExampleListWithContext.newBuilder()
                    .addExamples(example("text", answers.get(0).text()))
                    .addExamples(example("other", "ignored"))
                    .setContext(example("text", answers.get(1).text())))
            .build();

    List<Float> scores = regress(input);

    GrpcServicesTest.assertScores(scores, answers.subList(0, 2));
    GrpcServicesTest.assertScores(regress(examples(answers)), answers);
  }

  private static List<Float> regress(Input input) {
    RegressionRequest request = regression(answers).toBuilder().setInput(input).build();
    return client
        .call(REGRESS, request, RegressionResponse.getDefaultInstance())
        .getResult()
        .getRegressionsList()
        .stream()
        .map(Regression::getValue)
        .toList();
  }

  @Test
  void classify_wrongExamples_areTold() {
    ClassificationRequest.Builder request =
        ClassificationRequest.newBuilder().setModelSpec(ModelSpec.newBuilder().setName("bert"));
    Status none = client.failure(CLASSIFY, request.build());
    assertThat(none.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(none.getDescription()).isEqualTo("Input is empty.");

    request.getInputBuilder().getExampleListBuilder().addExamples(example("other", "a"));
    Status lacking = client.failure(CLASSIFY, request.build());
    assertThat(lacking.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(lacking.getDescription())
        .isEqualTo(
            "Name: <unknown>, Feature: text (data type: string) is required but could not be found."
                + " (examples[0])");
  }

  @Test
  void score_unknownSignature_isInvalid() {
    ModelSpec spec = ModelSpec.newBuilder().setName("bert").setSignatureName("other").build();
    for (Status status :
        List.of(
            client.failure(
                CLASSIFY, classification(answers).toBuilder().setModelSpec(spec).build()),
            client.failure(REGRESS, regression(answers).toBuilder().setModelSpec(spec).build()))) {
      assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(status.getDescription()).isEqualTo("No signature was found with the name: other");
    }
  }

  @Test
  void metadata_signature_isThatOfTheModel() throws Exception {
    GetModelMetadataRequest request =
        GetModelMetadataRequest.newBuilder()
            .setModelSpec(ModelSpec.newBuilder().setName("bert"))
            .addMetadataField("signature_def")
            .build();

    GetModelMetadataResponse response =
        client.call(METADATA, request, GetModelMetadataResponse.getDefaultInstance());

    Any packed = response.getMetadataOrThrow("signature_def");
    assertThat(packed.getTypeUrl())
        .isEqualTo("type.googleapis.com/tensorflow.serving.SignatureDefMap");
    SignatureDef signature =
        packed.unpack(SignatureDefMap.class).getSignatureDefOrThrow("serving_default");
    assertThat(signature.getInputsOrThrow("text").getDtype()).isEqualTo(DataType.DT_STRING);
    assertThat(signature.getOutputsOrThrow(OUTPUT).getTensorShape().getDimList())
        .extracting(TensorShapeProto.Dim::getSize)
        .containsExactly(-1L, 1L);
    assertThat(client.failure(METADATA, request.toBuilder().clearMetadataField().build()).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(
            client.failure(METADATA, request.toBuilder().addMetadataField("x").build()).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void status_model_isAvailable() {
    GetModelStatusRequest request =
        GetModelStatusRequest.newBuilder()
            .setModelSpec(ModelSpec.newBuilder().setName("bert"))
            .build();

    GetModelStatusResponse response =
        client.call(STATUS, request, GetModelStatusResponse.getDefaultInstance());

    assertThat(response.getModelVersionStatusList())
        .extracting(ModelVersionStatus::getVersion, ModelVersionStatus::getState)
        .containsExactly(tuple(1L, ModelVersionStatus.State.AVAILABLE));
    Status unknown =
        client.failure(
            STATUS,
            GetModelStatusRequest.newBuilder()
                .setModelSpec(ModelSpec.newBuilder().setName("nope"))
                .build());
    assertThat(unknown.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(unknown.getDescription()).isEqualTo("Could not find any versions of model nope");
  }
}
