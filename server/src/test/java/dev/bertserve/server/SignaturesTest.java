package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.savedmodel.PreparedFolder;
import dev.bertserve.server.savedmodel.PreparedModel;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.wiring.InferenceServer;
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

/** A model with several signatures, compared with TensorFlow's outputs for each. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class SignaturesTest {

  private static final String MODEL = "out_signatures";

  private static final double TOLERANCE = 1e-5;

  /** Of logarithms of differences that are nearly 0. */
  private static final double LOGARITHM_TOLERANCE = 1e-3;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static InferenceServer server;

  @BeforeAll
  static void start() throws Exception {
    server = InferenceServerTest.server();
    server.load(SmallModels.location(MODEL));
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop(InferenceServerTest.STOP_LIMIT);
  }

  @Test
  void prepare_severalSignatures_sharesOneEncoderAndEachTensor() throws Exception {
    PreparedModel model = ModelPreparer.prepare(SmallModels.folder(MODEL));

    assertThat(model.signatures())
        .extracting(NamedSignature::name)
        .containsExactly("serving_default", "embed", "labelled", "logs");
    Encoder encoder = Encoder.recognise(model.graph().copy(), model.lengths().fixed());
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
          ok(tensorFlowServing(signature, line)), expected, line, TOLERANCE);
      OutputModelsTest.assertSame(ok(vertex(signature, line)), expected, line, TOLERANCE);
    }
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
      HttpResponse<String> response = tensorFlowServing("logs", line);
      if (line.contains("null")) {
        failed++;
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("NaN (expected: a finite number)");
        ok(tensorFlowServing("serving_default", line));
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

    assertThat(tensorFlowServing("mean", line).body())
        .contains("Serving signature name: \\\"mean\\\" not found in signature def");
    assertThat(vertex("mean", line).body())
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
    PreparedModel model = ModelPreparer.prepare(SmallModels.folder(MODEL));
    Path out = folder.resolve("prepared");
    PreparedFolder.write(model, "digest", out);

    PreparedModel read = ModelPreparer.prepare(out);
    assertThat(read.signatures()).isEqualTo(model.signatures());
    assertThat(read.outputs()).isEqualTo(model.outputs());
    assertThat(
            ModelPreparer.prepare(out, Optional.of("logs"), Optional.empty()).signatures().get(0))
        .isEqualTo(model.signatures().get(3));
  }

  private static HttpResponse<String> tensorFlowServing(String signature, String line)
      throws Exception {
    ObjectNode body = JSON.createObjectNode();
    body.putArray("instances").add(JSON.readTree(line).get("inputs"));
    body.put("signature_name", signature);
    return InferenceServerTest.send(
        InferenceServerTest.post(server, "/v1/models/bert:predict", body.toString()));
  }

  private static HttpResponse<String> vertex(String signature, String line) throws Exception {
    ObjectNode body = JSON.createObjectNode();
    body.putArray("instances").add(JSON.readTree(line).get("inputs"));
    body.putObject("parameters").put("signature_name", signature);
    return InferenceServerTest.predict(server, body.toString());
  }

  private static JsonNode ok(HttpResponse<String> response) throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body()).get("predictions").get(0);
  }
}
