package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.bertserve.server.fixture.TextLibraries;
import dev.bertserve.server.prepared.PreparedFolder;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models with outputs of every kind, and inputs that are handed on: what they answer over HTTP,
 * compared with TensorFlow's answers. Made by make_output_models.py.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class OutputModelsTest {

  private static final double TOLERANCE = 1e-5;
  private static final int LABELS = 4;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "out_classes",
        "out_top",
        "out_tables",
        "out_texts",
        "out_kinds",
        "out_states",
        "out_twice",
        "out_tiled",
        "out_keys",
        "out_mixed",
        "out_cleaned",
        "out_counted",
        "out_listed",
        "out_ids",
        "out_examples",
        "out_recurrent",
        "out_heads",
        "out_chosen",
        "out_indexed"
      })
  void predict_knownRows_returnsTheModelsOutputs(String name) throws Exception {
    assertAnswers(SmallModels.location(name), name, InferenceServerTest.server());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "out_tables",
        "out_texts",
        "out_keys",
        "out_mixed",
        "out_cleaned",
        "out_examples",
        "out_recurrent",
        "out_chosen"
      })
  void predict_preparedModel_returnsTheModelsOutputs(String name) throws Exception {
    Path out = folder.resolve("prepared");
    PreparedFolder.write(prepared(name), "digest", out);

    assertAnswers(
        ModelLocation.of(out.toString(), Optional.empty(), Optional.empty()),
        name,
        InferenceServerTest.server());
    assertThat(ModelPreparer.prepare(out).signature()).isEqualTo(prepared(name).signature());
  }

  @ParameterizedTest
  @ValueSource(strings = {"out_classes", "out_tables", "out_keys", "out_mixed"})
  void predict_originalGraph_returnsTheModelsOutputs(String name) throws Exception {
    assertAnswers(
        SmallModels.location(name),
        name,
        InferenceServerTest.server("--op-library=" + TextLibraries.folder()));
  }

  /** Rows beside it change nothing of a row. */
  @ParameterizedTest
  @ValueSource(strings = {"out_recurrent", "out_heads", "out_chosen"})
  void predict_rowByRow_returnsTheModelsOutputs(String name) throws Exception {
    InferenceServer server = InferenceServerTest.server("--cache-mb=0");
    try {
      server.load(SmallModels.location(name));
      for (String line : SmallModels.lines(name, "goldens.jsonl")) {
        ArrayNode row = JSON.createArrayNode().add(JSON.readTree(line).get("inputs"));
        assertSame(
            InferenceServerTest.predictions(server, row).get(0),
            SmallModels.prediction(line),
            line,
            TOLERANCE);
      }
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void predict_valueThatTheModelRejects_isABadRequest() throws Exception {
    InferenceServer server = InferenceServerTest.server();
    try {
      server.load(SmallModels.location("out_indexed"));
      String instance = "{\"instances\":[{\"text\":\"a fine film\",\"index\":%d}]}";
      HttpResponse<String> rejected =
          InferenceServerTest.predict(server, instance.formatted(LABELS));

      assertThat(rejected.statusCode()).as(rejected.body()).isEqualTo(400);
      assertThat(rejected.body()).startsWith("{\"error\":\"instances: rejected by the model: ");
      assertThat(InferenceServerTest.predict(server, instance.formatted(LABELS - 1)).statusCode())
          .isEqualTo(200);
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  /** Twice, since the second answers come from the cache. */
  private static void assertAnswers(ModelLocation model, String name, InferenceServer server)
      throws Exception {
    try {
      server.load(model);
      List<String> lines = SmallModels.lines(name, "goldens.jsonl");
      ArrayNode instances = JSON.createArrayNode();
      for (String line : lines) {
        instances.add(JSON.readTree(line).get("inputs"));
      }
      for (int time = 0; time < 2; time++) {
        JsonNode predictions = InferenceServerTest.predictions(server, instances);
        for (int row = 0; row < lines.size(); row++) {
          assertSame(
              predictions.get(row),
              SmallModels.prediction(lines.get(row)),
              lines.get(row),
              TOLERANCE);
        }
      }
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  /** Floating-point numbers may differ by {@code tolerance}; all else is equal. */
  static void assertSame(JsonNode found, JsonNode expected, String what, double tolerance) {
    if (expected.isContainerNode()) {
      assertThat(found.getNodeType()).as(what).isEqualTo(expected.getNodeType());
      assertThat(found.size()).as(what).isEqualTo(expected.size());
      for (int i = 0; i < expected.size(); i++) {
        if (expected.isArray()) {
          assertSame(found.get(i), expected.get(i), what, tolerance);
        }
      }
      expected
          .fieldNames()
          .forEachRemaining(
              name ->
                  assertSame(found.get(name), expected.get(name), name + " of " + what, tolerance));
    } else if (expected.isFloatingPointNumber()) {
      assertThat(found.asDouble()).as(what).isCloseTo(expected.asDouble(), within(tolerance));
    } else {
      assertThat(found).as(what).isEqualTo(expected);
    }
  }

  static PreparedModel prepared(String name) throws IOException {
    return ModelPreparer.prepare(SmallModels.folder(name));
  }
}
