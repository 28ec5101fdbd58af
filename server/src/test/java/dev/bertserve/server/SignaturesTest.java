package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.prepared.PreparedFolder;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;

/** A model with several signatures, compared with TensorFlow's outputs for each. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class SignaturesTest {

  private static final String MODEL = "out_signatures";

  private static final double TOLERANCE = 1e-5;

  /** Of logarithms of differences that are nearly 0. */
  private static final double LOGARITHM_TOLERANCE = 1e-3;

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path copies;

  private static InferenceServer server;

  /** Serves the same model with another name for the input of two signatures. */
  private static InferenceServer renamed;

  @BeforeAll
  static void start() throws Exception {
    server = InferenceServerTest.server();
    server.load(SmallModels.location(MODEL));
    renamed = InferenceServerTest.server();
    renamed.load(
        ModelLocation.of(
            renamedModel(copies.resolve("renamed")).toString(),
            Optional.empty(),
            Optional.empty()));
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop(InferenceServerTest.STOP_LIMIT);
    renamed.stop(InferenceServerTest.STOP_LIMIT);
  }

  private static Path renamedModel(Path copy) throws Exception {
    Path model = Models.copy(SmallModels.folder(MODEL), copy);
    BadModelsTest.meta(
            meta -> {
              renameInput(meta, "embed", "sentence");
              renameInput(meta, "labelled", "review");
            })
        .spoil(model);
    return model;
  }

  private static void renameInput(MetaGraphDef.Builder meta, String name, String input) {
    SignatureDef.Builder signature = meta.getSignatureDefOrThrow(name).toBuilder();
    signature.putInputs(input, signature.getInputsOrThrow("text")).removeInputs("text");
    meta.putSignatureDef(name, signature.build());
  }

  @Test
  void prepare_severalSignatures_sharesOneEncoderAndEachTensor() throws Exception {
    PreparedModel model = ModelPreparer.prepare(SmallModels.folder(MODEL));

    assertThat(model.signatures())
        .extracting(NamedSignature::name)
        .containsExactly("serving_default", "embed", "labelled", "logs");
    Encoder encoder = model.recognised();
    assertThat(encoder.matches()).containsEntry("attention", 1);
    assertThat(encoder.packsRows()).isTrue();
    assertThat(model.outputs())
        .extracting(OutputSpec::name)
        .containsExactly("embed/output_0", "labelled/label", "labelled/probs", "logs/log");
  }

  @ParameterizedTest
  @CsvSource({
    "serving_default, goldens.jsonl",
    "embed, goldens-embed.jsonl",
    "labelled, goldens-labelled.jsonl"
  })
  void predict_namedSignature_returnsItsOutputs(String signature, String goldens) throws Exception {
    for (String line : SmallModels.lines(MODEL, goldens)) {
      JsonNode expected = SmallModels.prediction(line);
      OutputModelsTest.assertSame(
          ok(tensorFlowServing(server, signature, line)), expected, line, TOLERANCE);
      OutputModelsTest.assertSame(ok(vertex(server, signature, line)), expected, line, TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "serving_default, text, goldens.jsonl",
    "embed, sentence, goldens-embed.jsonl",
    "labelled, review, goldens-labelled.jsonl"
  })
  void predict_inputOfAnotherName_isReadByIt(String signature, String input, String goldens)
      throws Exception {
    for (String line : SmallModels.lines(MODEL, goldens)) {
      String named = line.replace("\"inputs\":{\"text\"", "\"inputs\":{\"" + input + "\"");
      JsonNode expected = SmallModels.prediction(line);
      OutputModelsTest.assertSame(
          ok(tensorFlowServing(renamed, signature, named)), expected, line, TOLERANCE);
      OutputModelsTest.assertSame(ok(vertex(renamed, signature, named)), expected, line, TOLERANCE);
    }
  }

  @Test
  void predict_inputOfAnotherSignature_isUnknown() throws Exception {
    String line = SmallModels.lines(MODEL, "goldens.jsonl").get(0);

    HttpResponse<String> response = tensorFlowServing(renamed, "embed", line);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("does not have named input: text");
  }

  @Test
  void metadata_inputsOfOtherNames_listsThem() throws Exception {
    JsonNode signatures =
        JSON.readTree(InferenceServerTest.get(renamed, "/v1/models/bert/metadata").body())
            .at("/metadata/signature_def/signature_def");

    assertThat(signatures.at("/embed/inputs").fieldNames())
        .toIterable()
        .containsExactly("sentence");
    assertThat(signatures.at("/labelled/inputs").fieldNames())
        .toIterable()
        .containsExactly("review");
  }

  @Test
  void predict_noSignature_isTheUsualOne() throws Exception {
    for (String line : SmallModels.lines(MODEL, "goldens.jsonl")) {
      ObjectNode body = JSON.createObjectNode();
      body.putArray("instances").add(JSON.readTree(line).get("inputs"));
      HttpResponse<String> response = InferenceServerTest.predict(server, body.toString());
      OutputModelsTest.assertSame(ok(response), SmallModels.prediction(line), line, TOLERANCE);
    }
  }

  @Test
  void predict_notFinite_failsOnlyTheSignatureThatHasTheValue() throws Exception {
    int failed = 0;
    for (String line : SmallModels.lines(MODEL, "goldens-logs.jsonl")) {
      HttpResponse<String> response = tensorFlowServing(server, "logs", line);
      if (line.contains("null")) {
        failed++;
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("NaN (expected: a finite number)");
        ok(tensorFlowServing(server, "serving_default", line));
      } else {
        OutputModelsTest.assertSame(
            ok(response), SmallModels.prediction(line), line, LOGARITHM_TOLERANCE);
      }
    }
    assertThat(failed).isPositive();
  }

  @Test
  void predict_signatureWithARunOfItsOwn_isUnknown() throws Exception {
    String line = SmallModels.lines(MODEL, "goldens.jsonl").get(0);

    assertThat(tensorFlowServing(server, "mean", line).body())
        .contains("Serving signature name: \\\"mean\\\" not found in signature def");
    assertThat(vertex(server, "mean", line).body())
        .contains("(expected: serving_default or embed or labelled or logs)");
  }

  @Test
  void metadata_severalSignatures_listsThem() throws Exception {
    JsonNode metadata =
        JSON.readTree(InferenceServerTest.get(server, "/v1/models/bert/metadata").body());

    assertThat(metadata.at("/metadata/signature_def/signature_def").fieldNames())
        .toIterable()
        .containsExactly("serving_default", "embed", "labelled", "logs");
  }

  @Test
  void prepare_writtenAndRead_hasTheSameSignatures(@TempDir Path folder) throws Exception {
    PreparedModel model = ModelPreparer.prepare(renamedModel(folder.resolve("model")));
    Path out = folder.resolve("prepared");
    PreparedFolder.write(model, "digest", out);

    PreparedModel read = ModelPreparer.prepare(out);
    assertThat(read.signatures()).isEqualTo(model.signatures());
    assertThat(read.outputs()).isEqualTo(model.outputs());
    assertThat(
            ModelPreparer.prepare(out, Optional.of("logs"), Optional.empty()).signatures().get(0))
        .isEqualTo(model.signatures().get(3));
  }

  private static HttpResponse<String> tensorFlowServing(
      InferenceServer asked, String signature, String line) throws Exception {
    ObjectNode body = JSON.createObjectNode();
    body.putArray("instances").add(JSON.readTree(line).get("inputs"));
    body.put("signature_name", signature);
    return InferenceServerTest.send(
        InferenceServerTest.post(asked, "/v1/models/bert:predict", body.toString()));
  }

  private static HttpResponse<String> vertex(InferenceServer asked, String signature, String line)
      throws Exception {
    ObjectNode body = JSON.createObjectNode();
    body.putArray("instances").add(JSON.readTree(line).get("inputs"));
    body.putObject("parameters").put("signature_name", signature);
    return InferenceServerTest.predict(asked, body.toString());
  }

  private static JsonNode ok(HttpResponse<String> response) throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body()).get("predictions").get(0);
  }
}
