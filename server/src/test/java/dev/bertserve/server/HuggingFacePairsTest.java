package dev.bertserve.server;

import static dev.bertserve.server.fixture.PairModels.goldens;
import static dev.bertserve.server.fixture.PairModels.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.google.protobuf.ByteString;
import dev.bertserve.proto.oip.ModelInferRequest;
import dev.bertserve.proto.oip.ModelInferRequest.InferInputTensor;
import dev.bertserve.proto.oip.ModelInferResponse;
import dev.bertserve.proto.tfserving.PredictRequest;
import dev.bertserve.proto.tfserving.PredictResponse;
import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.Outputs;
import dev.bertserve.server.embedded.TextModel;
import dev.bertserve.server.fixture.CommandLineRun;
import dev.bertserve.server.fixture.PairModels;
import dev.bertserve.server.fixture.RpcClient;
import dev.bertserve.server.prepared.PreparedFolder;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Texts and pairs of texts for models with the files of a Hugging Face tokenizer, compared with
 * TensorFlow's answers.
 */
@Timeout(120)
final class HuggingFacePairsTest {

  private static final String MODEL = "distilbert";
  private static final double TOLERANCE = 1e-5;
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension final CommandLineRun command = new CommandLineRun();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"bert", "distilbert", "roberta"})
  void predict_textsAndPairs_returnsTheModelsOutputs(String name) throws Exception {
    assertAnswers(location(PairModels.folder(name)), name);
  }

  @Test
  void predict_preparedModel_returnsTheModelsOutputs() throws Exception {
    Path out = folder.resolve("prepared");
    PreparedFolder.write(location(PairModels.folder(MODEL)).prepare(), "digest", out);

    assertAnswers(location(out), MODEL);
  }

  /** Twice, since the second answers come from the cache. */
  private static void assertAnswers(ModelLocation model, String name) throws Exception {
    List<JsonNode> goldens = goldens(name);
    ArrayNode instances = JSON.createArrayNode();
    goldens.forEach(golden -> instances.add(golden.get("inputs")));
    InferenceServer server = InferenceServerTest.server();
    try {
      server.load(model);
      for (int time = 0; time < 2; time++) {
        JsonNode predictions = InferenceServerTest.predictions(server, instances);
        for (int row = 0; row < goldens.size(); row++) {
          assertLogits(logits(predictions.get(row)), goldens.get(row));
        }
      }
    } finally {
      server.stop(InferenceServerTest.STOP_LIMIT);
    }
  }

  @Test
  void predict_grpc_takesPairsAndSingleTexts() throws Exception {
    List<JsonNode> pairs = goldens(MODEL).stream().filter(g -> texts(g).size() == 2).toList();
    List<JsonNode> singles = goldens(MODEL).stream().filter(g -> texts(g).size() == 1).toList();
    InferenceServer server = InferenceServerTest.server("--grpc-port=-1");
    try (RpcClient client = new RpcClient(server.grpcPort().orElseThrow())) {
      server.load(location(PairModels.folder(MODEL)));
      for (List<JsonNode> rows : List.of(pairs, singles)) {
        PredictResponse predicted =
            client.call(
                GrpcServicesTest.PREDICT, tensors(rows), PredictResponse.getDefaultInstance());
        ModelInferResponse inferred =
            client.call(
                GrpcInferenceTest.INFER, inputs(rows), ModelInferResponse.getDefaultInstance());
        for (int row = 0; row < rows.size(); row++) {
          assertLogits(
              predicted.getOutputsOrThrow("logits").getFloatValList().subList(2 * row, 2 * row + 2),
              rows.get(row));
          assertLogits(
              inferred
                  .getOutputs(0)
                  .getContents()
                  .getFp32ContentsList()
                  .subList(2 * row, 2 * row + 2),
              rows.get(row));
        }
      }
    } finally {
      server.stop(InferenceServerTest.STOP_LIMIT);
    }
  }

  private static PredictRequest tensors(List<JsonNode> rows) {
    PredictRequest.Builder request = PredictRequest.newBuilder();
    request.getModelSpecBuilder().setName("bert");
    for (int i = 0; i < texts(rows.get(0)).size(); i++) {
      TensorProto.Builder tensor =
          TensorProto.newBuilder()
              .setDtype(DataType.DT_STRING)
              .setTensorShape(
                  TensorShapeProto.newBuilder()
                      .addDim(TensorShapeProto.Dim.newBuilder().setSize(rows.size())));
      for (JsonNode row : rows) {
        tensor.addStringVal(ByteString.copyFromUtf8(texts(row).get(i)));
      }
      request.putInputs(i == 0 ? "text" : "text_pair", tensor.build());
    }
    return request.build();
  }

  private static ModelInferRequest inputs(List<JsonNode> rows) {
    ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("bert");
    for (int i = 0; i < texts(rows.get(0)).size(); i++) {
      InferInputTensor.Builder input =
          InferInputTensor.newBuilder()
              .setName(i == 0 ? "text" : "text_pair")
              .setDatatype("BYTES")
              .addShape(rows.size());
      for (JsonNode row : rows) {
        input.getContentsBuilder().addBytesContents(ByteString.copyFromUtf8(texts(row).get(i)));
      }
      request.addInputs(input);
    }
    return request.build();
  }

  @Test
  void predictRows_library_takesPairsAndSingleTexts() throws Exception {
    List<JsonNode> goldens = goldens(MODEL);
    try (TextModel model =
        TextModel.open(
            PairModels.folder(MODEL).toString(), ModelOptions.DEFAULT.withPrecision("fp32"))) {
      assertThat(model.inputs()).containsExactly("text");
      assertThat(model.optionalInputs()).containsExactly("text_pair");
      List<Outputs> rows = model.predictRows(goldens.stream().map(PairModels::texts).toList());
      for (int row = 0; row < rows.size(); row++) {
        List<Float> logits = new ArrayList<>();
        for (float logit : rows.get(row).floats("logits")) {
          logits.add(logit);
        }
        assertLogits(logits, goldens.get(row));
      }
      assertThatThrownBy(() -> model.predictRows(List.of(List.of("a", "b", "c"))))
          .hasMessage("row: 3 texts (expected: 1 to 2, for [text, text_pair])");
    }
  }

  @Test
  void predictCommand_columnsOfPairs_areReadWhereTheFileHasThem() throws IOException {
    String model = PairModels.folder(MODEL).toString();
    Path pairs = folder.resolve("pairs.csv");
    Files.writeString(pairs, "text_pair,id,text\nthe film,1,a film\n,2,a film\n");
    Path other = folder.resolve("other.csv");
    Files.writeString(other, "premise,claim\na film,the film\n");
    Path lines = folder.resolve("lines.jsonl");
    Files.writeString(
        lines, "{\"text\":\"a film\",\"text_pair\":\"the film\"}\n\"a film\"\n[\"a film\",\"\"]\n");

    List<String> named = predicted(model, pairs, "--key", "id");
    List<String> chosen = predicted(model, other, "--column", "premise", "--column", "claim");
    List<String> mixed = predicted(model, lines);
    List<String> single = predicted(model, other, "--column", "premise");

    assertThat(mixed).hasSize(4);
    assertThat(mixed.get(0)).isEqualTo("text,text_pair,logits_0,logits_1");
    String pair = mixed.get(1).substring("a film,the film,".length());
    String alone = mixed.get(2).substring("a film,,".length());
    String empty = mixed.get(3).substring("a film,\"\",".length());
    assertThat(pair).isNotEqualTo(alone).isNotEqualTo(empty);
    assertThat(empty).isNotEqualTo(alone);
    assertThat(named).containsExactly("id,logits_0,logits_1", "1," + pair, "2," + empty);
    assertThat(chosen.get(1)).isEqualTo("a film,the film," + pair);
    assertThat(single.get(1)).isEqualTo("a film,," + alone);
  }

  private List<String> predicted(String model, Path rows, String... flags) throws IOException {
    Path out = Files.createTempFile(folder, "out", ".csv");
    Files.delete(out);
    List<String> words =
        new ArrayList<>(List.of("predict", model, rows.toString(), "--output", out.toString()));
    words.addAll(List.of(flags));
    words.addAll(List.of("--precision", "fp32"));
    assertThat(command.run(words.toArray(String[]::new))).as(command.errors().toString()).isZero();
    return Files.readAllLines(out);
  }

  private static void assertLogits(List<Float> actual, JsonNode golden) {
    List<Float> expected = logits(golden.get("outputs").get("logits"));
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(Math.abs(actual.get(i) - expected.get(i)))
          .as(golden.get("inputs").toString())
          .isLessThanOrEqualTo((float) TOLERANCE);
    }
  }

  private static List<Float> logits(JsonNode values) {
    return StreamSupport.stream(values.spliterator(), false).map(JsonNode::floatValue).toList();
  }

  private static ModelLocation location(Path model) {
    return ModelLocation.of(model.toString(), Optional.empty(), Optional.empty());
  }
}
