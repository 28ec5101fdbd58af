package dev.bertserve.bulk.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.embedded.Outputs;
import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/bulk.md on a cluster, whose workers have the distribution. */
@Timeout(600)
final class SparkClusterIT {

  /** Folders of PySpark packages, such as site-packages/pyspark, with a colon between them. */
  private static final String VARIABLE = "TEST_SPARK_HOMES";

  private static final String START = "```python\n";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path DISTRIBUTION =
      Path.of("../server/target/bertserve").toAbsolutePath().normalize();
  private static final String MODEL =
      Path.of("target", "models", "out_classes").toAbsolutePath().toString();

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> example_onACluster_returnsTheModelsOutputs() {
    String homes = System.getenv(VARIABLE);
    assumeThat(homes).as(VARIABLE + ": folders of PySpark packages").isNotBlank();
    return Arrays.stream(homes.split(":"))
        .map(home -> DynamicTest.dynamicTest(home, () -> run(Path.of(home))));
  }

  private void run(Path home) throws Exception {
    Path place = Files.createTempDirectory(folder, "cluster");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      lines.add(
          "{\"id\":" + i + ",\"review\":" + (i % 500 == 7 ? null : "\"film " + i + "\"") + "}");
    }
    Path input = Files.createDirectory(place.resolve("in"));
    for (int part = 0; part < 4; part++) {
      Files.write(input.resolve(part + ".json"), lines.subList(part * 500, part * 500 + 500));
    }
    String page = Files.readString(Path.of("../docs/bulk.md"));
    int start = page.indexOf(START) + START.length();
    Path script = place.resolve("score.py");
    Files.writeString(script, page.substring(start, page.indexOf("```", start)));
    Path scores = place.resolve("scores");
    String options =
        "-Djava.library.path="
            + DISTRIBUTION
            + "/lib/native -Dorg.bytedeco.javacpp.pathsFirst=true";
    int status;
    try (SparkCluster cluster = SparkCluster.start(home, place)) {
      status =
          cluster.submit(
              "submit",
              List.of(
                  "--jars",
                  jars(),
                  "--conf",
                  "spark.executor.memory=700m",
                  "--conf",
                  "spark.ui.enabled=false",
                  "--conf",
                  "spark.driver.extraJavaOptions=" + options,
                  "--conf",
                  "spark.executor.extraJavaOptions=" + options,
                  script.toString(),
                  MODEL,
                  input.toString(),
                  scores.toString()));
    }
    String log = Files.readString(place.resolve("submit"));

    assertThat(status).as(log).isZero();
    // Any rows: a limit takes those of any partition
    assertThat(log).contains(" review|", " score|", "|film ");
    assertSame(rows(scores));
  }

  private static void assertSame(Map<Integer, JsonNode> rows) throws IOException {
    assertThat(rows).hasSize(2_000);
    try (TextModel model = TextModel.open(MODEL)) {
      for (Map.Entry<Integer, JsonNode> row : rows.entrySet()) {
        if (row.getKey() % 500 == 7) {
          assertThat(row.getValue().get("error").textValue())
              .isEqualTo("review: null (expected: a string)");
          continue;
        }
        Outputs expected = model.predict(List.of("film " + row.getKey())).get(0);
        float[] probs = expected.floats("probs");
        for (int i = 0; i < probs.length; i++) {
          assertThat(row.getValue().get("probs").get(i).floatValue())
              .isCloseTo(probs[i], within(1e-5f));
        }
        assertThat(row.getValue().get("label").textValue()).isEqualTo(expected.texts("label")[0]);
        assertThat(row.getValue().has("error")).isFalse();
      }
    }
  }

  private static Map<Integer, JsonNode> rows(Path scores) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(scores)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".json")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    List<JsonNode> rows = new ArrayList<>();
    for (String line : lines) {
      rows.add(JSON.readTree(line));
    }
    return rows.stream().collect(Collectors.toMap(row -> row.get("id").asInt(), row -> row));
  }

  private static String jars() throws IOException {
    try (Stream<Path> libraries = Files.list(DISTRIBUTION.resolve("lib"));
        Stream<Path> own = Files.list(Path.of("target"))) {
      return Stream.concat(libraries, own)
          .filter(jar -> jar.toString().endsWith(".jar"))
          .map(jar -> "local:" + jar.toAbsolutePath())
          .collect(Collectors.joining(","));
    }
  }
}
