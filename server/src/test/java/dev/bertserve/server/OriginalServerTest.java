package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.TextLibraries;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole server with a SavedModel's original graph, over real sockets. */
@Timeout(120)
final class OriginalServerTest {

  private static final double TOLERANCE = 1e-5;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "albert_pair",
        "bert_uncased",
        "fast_cased",
        "fast_uncased",
        "pair_S64",
        "several_outputs"
      })
  void predict_knownTexts_returnsTheModelsOutputs(String name) throws Exception {
    InferenceServer server = server();
    try {
      Servable model = server.load(SmallModels.location(name));
      List<String> lines = SmallModels.lines(name, "goldens.jsonl");
      ArrayNode instances = JSON.createArrayNode();
      for (String line : lines) {
        instances.add(instance(JSON.readTree(line).get("inputs"), model.signature().inputNames()));
      }

      JsonNode predictions = InferenceServerTest.predictions(server, instances);
      for (int row = 0; row < lines.size(); row++) {
        assertNear(predictions.get(row), SmallModels.prediction(lines.get(row)), lines.get(row));
      }
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void predict_modelNotUnderstood_returnsPredictionsAnyway() throws Exception {
    Path model = Models.copy(SmallModels.folder("bert_uncased"), folder.resolve("model"));
    BadModelsTest.nodes(node -> BadModelsTest.rename(node, "CaseFoldUTF8", "DecodeBase64"))
        .spoil(model);
    assertThatThrownBy(() -> ModelPreparer.prepare(model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageEndingWith("; serve --op-library runs the graph as it stands");
    InferenceServer server = server();
    try {
      server.load(new ModelLocation(model, "model", Optional.empty(), Optional.empty()));

      HttpResponse<String> response = InferenceServerTest.predict(server, "{\"instances\":[\"\"]}");

      JsonNode expected = null;
      for (String line : SmallModels.lines("bert_uncased", "goldens.jsonl")) {
        JsonNode golden = JSON.readTree(line);
        if (golden.at("/inputs/text").asText().isEmpty()) {
          expected = golden.at("/outputs/classifier");
        }
      }
      assertNear(JSON.readTree(response.body()).at("/predictions/0"), expected, "the empty text");
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void load_noSuchLibrary_failsAndSaysSo() throws Exception {
    Path missing = folder.resolve("none.so");
    InferenceServer server = InferenceServerTest.server("--op-library=" + missing);
    try {
      assertThatThrownBy(() -> server.load(SmallModels.location("bert_uncased")))
          .hasMessageStartingWith("op-library: " + missing + " (expected: ");
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  private static InferenceServer server() throws IOException {
    return InferenceServerTest.server("--op-library=" + TextLibraries.folder());
  }

  /** Texts by position, in the order of {@code inputs}, so that a wrong order is detected. */
  private static JsonNode instance(JsonNode texts, List<String> inputs) {
    ArrayNode instance = JSON.createArrayNode();
    inputs.forEach(input -> instance.add(texts.get(input)));
    return instance;
  }

  /** The numbers only, since goldens write a single number as a list. */
  private static void assertNear(JsonNode found, JsonNode expected, String what) {
    if (expected.isObject()) {
      assertThat(found.size()).as(what).isEqualTo(expected.size());
      expected
          .fieldNames()
          .forEachRemaining(name -> assertNear(found.get(name), expected.get(name), what));
      return;
    }
    assertThat(numbers(found))
        .as(what)
        .containsExactly(numbers(expected), Offset.offset(TOLERANCE));
  }

  private static double[] numbers(JsonNode tree) {
    if (tree.isNumber()) {
      return new double[] {tree.asDouble()};
    }
    DoubleStream numbers = DoubleStream.empty();
    for (JsonNode branch : tree) {
      numbers = DoubleStream.concat(numbers, DoubleStream.of(numbers(branch)));
    }
    return numbers.toArray();
  }
}
