package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.fixture.CommandLineRun;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files in, one scored line a row out. */
final class PredictCommandTest {

  private static final String MODEL = Models.builtIn().toString();
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension final CommandLineRun command = new CommandLineRun();

  @TempDir Path folder;

  private Path in;
  private Path out;
  private Path errors;

  @BeforeEach
  void nameFiles() {
    in = folder.resolve("in.jsonl");
    out = folder.resolve("out.jsonl");
    errors = folder.resolve("out.jsonl.errors");
  }

  @Test
  void predict_knownTexts_writesTheirAnswersInOrder() throws IOException {
    List<KnownAnswer> known = KnownAnswer.builtIn();
    List<String> lines = new ArrayList<>();
    for (KnownAnswer answer : known) {
      lines.add(JSON.writeValueAsString(answer.text()));
    }
    Files.write(in, lines);

    assertThat(predict()).isZero();

    List<JsonNode> rows = rows();
    assertThat(rows).hasSameSizeAs(known);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i).get("instance").asText()).isEqualTo(known.get(i).text());
      assertThat(rows.get(i).get("prediction").get(0).asDouble())
          .isCloseTo(known.get(i).score(), within(1e-5));
    }
    assertThat(errors).doesNotExist();
  }

  @Test
  void predict_badRows_costOnlyThemselves() throws IOException {
    Files.writeString(in, "\"good\"\n[1]\n\n{\"text\":\"bad\"}\n\"cut\n");

    assertThat(predict()).isEqualTo(1);

    assertThat(rows())
        .extracting(row -> row.get("instance").toString())
        .containsExactly("\"good\"", "{\"text\":\"bad\"}");
    List<String> faults = Files.readAllLines(errors);
    assertThat(faults).hasSize(2);
    assertThat(faults.get(0)).startsWith("{\"line\":2,\"error\":\"instances[0]");
    assertThat(faults.get(1)).startsWith("{\"line\":5,\"error\":");
    assertThat(command.errors().get(command.errors().size() - 1)).endsWith("2 failed");
  }

  @Test
  void predict_cutOffAnywhere_continuesToTheSameFiles() throws IOException {
    Files.writeString(in, "\"one\"\n1\n\"two\"\n2\n\"three\"\n3\n");
    predict();
    byte[] whole = Files.readAllBytes(out);
    List<JsonNode> rows = rows();
    String faults = Files.readString(errors);

    for (int length : new int[] {0, 10, whole.length / 2, whole.length - 1, whole.length}) {
      Files.write(out, Arrays.copyOf(whole, length));
      assertThat(predict()).isEqualTo(1);
      assertSameRows(rows(), rows);
      assertThat(Files.readString(errors)).isEqualTo(faults);
    }
    Files.writeString(errors, faults.substring(0, faults.length() / 2));
    Files.write(out, new byte[0]);
    predict();
    assertThat(Files.readString(errors)).isEqualTo(faults);
  }

  /** The last digits of a score depend on how many rows run together. */
  private static void assertSameRows(List<JsonNode> found, List<JsonNode> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i).get("instance")).isEqualTo(expected.get(i).get("instance"));
      assertThat(found.get(i).at("/prediction/0").doubleValue())
          .isCloseTo(expected.get(i).at("/prediction/0").doubleValue(), within(1e-5));
    }
  }

  @Test
  void predict_outputOfAnotherInput_isRejected() throws IOException {
    Files.writeString(in, "\"one\"\n");
    predict();
    Files.writeString(in, "\"two\"\n");
    byte[] before = Files.readAllBytes(out);

    assertThat(predict()).isEqualTo(1);

    assertThat(command.errors())
        .contains(
            "bertserve: " + out + ": line 1 (expected: the row of this input, or a new file)");
    assertThat(Files.readAllBytes(out)).isEqualTo(before);
  }

  @Test
  void predict_textOnStandardInput_writesToStandardOutput() throws IOException {
    command.type("A \"good\" film\n");

    assertThat(command.run("predict", MODEL, "--text", "--output-form=scalar")).isZero();

    JsonNode row = JSON.readTree(lastLine());
    assertThat(row.get("instance").asText()).isEqualTo("A \"good\" film");
    assertThat(row.get("prediction").isDouble()).isTrue();
  }

  @Test
  void predict_packedTable_readsTheColumn() throws IOException {
    in = folder.resolve("in.csv.gz");
    try (GZIPOutputStream packed = new GZIPOutputStream(Files.newOutputStream(in))) {
      packed.write(
          "id,review\n7,\"good, \"\"very\"\"\ngood\"\n8,bad\n".getBytes(StandardCharsets.UTF_8));
    }

    assertThat(predict("--column", "review")).isZero();

    assertThat(rows())
        .extracting(row -> row.get("instance").asText())
        .containsExactly("good, \"very\"\ngood", "bad");
  }

  @Test
  void predict_noSuchColumn_exits1WithOneLine() throws IOException {
    in = folder.resolve("in.csv");
    Files.writeString(in, "id,review\n7,good\n");

    assertThat(predict()).isEqualTo(1);

    assertThat(command.errors())
        .contains("bertserve: column: text (expected: one of [id, review])");
  }

  private int predict(String... flags) {
    List<String> arguments = new ArrayList<>(List.of("predict", MODEL, in.toString()));
    arguments.addAll(List.of("--output", out.toString(), "--precision", "fp32"));
    arguments.addAll(List.of(flags));
    return command.run(arguments.toArray(String[]::new));
  }

  private List<JsonNode> rows() throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  /** The log shares standard output in tests. */
  private String lastLine() {
    return command.output().lines().filter(line -> line.startsWith("{")).findFirst().orElseThrow();
  }
}
