package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.bulk.WrittenRows;
import dev.bertserve.server.fixture.CommandLineRun;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** What a run leaves that is killed between two groups, or while it writes one. */
  @ParameterizedTest
  @ValueSource(strings = {"out.jsonl", "out.jsonl.gz", "out.csv.zst", "out.avro", "out.parquet"})
  void predict_cutOff_continuesToTheSameRows(String name) throws IOException {
    out = folder.resolve(name);
    errors = folder.resolve(name + ".errors");
    Files.writeString(in, "\"one\"\n1\n\"two\"\n");
    predict();
    unfinish(folder.resolve(name + ".state"), name.endsWith(".parquet"));
    Files.writeString(in, "\"three\"\n3\n\"one\"\n", StandardOpenOption.APPEND);

    assertThat(predict()).isEqualTo(1);

    assertThat(Files.readAllLines(errors)).hasSize(2).last().asString().startsWith("{\"line\":5,");
    List<List<String>> found = WrittenRows.of(out);
    assertThat(found).extracting(row -> row.get(0)).containsExactly("one", "two", "three", "one");
    assertThat(found.get(3)).isEqualTo(found.get(0));
    byte[] whole = Files.readAllBytes(out);

    assertThat(predict()).as("a run of the finished file").isEqualTo(1);
    assertThat(Files.readAllBytes(out)).isEqualTo(whole);
  }

  /** Undoes the end of a run, and adds half of what the next group would have written. */
  private void unfinish(Path state, boolean parquet) throws IOException {
    Path rows = parquet ? folder.resolve(out.getFileName() + ".rows") : out;
    if (parquet) {
      // The Avro file that waits beside it
      Path avro = folder.resolve("again.avro");
      Path parquetOut = out;
      out = avro;
      predict();
      Files.move(avro, rows);
      out = parquetOut;
      Files.delete(out);
    }
    Files.writeString(rows, "{\"instance\":\"cut", StandardOpenOption.APPEND);
    Files.writeString(errors, "{\"line\":5", StandardOpenOption.APPEND);
    Files.writeString(state, Files.readString(state).replace("finished=true", "finished=false"));
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
            "bertserve: output: has 1 rows, all of their input (expected: the first rows of this"
                + " input, or a new file)");
    assertThat(Files.readAllBytes(out)).isEqualTo(before);
  }

  @Test
  void predict_outputOfOtherArguments_isRejected() throws IOException {
    Files.writeString(in, "\"one\"\n");
    predict();

    assertThat(predict("--output-form=scalar")).isEqualTo(1);

    assertThat(command.errors())
        .anyMatch(
            line ->
                line.startsWith("bertserve: " + out + ": begun with model ")
                    && line.contains("(expected: ")
                    && line.endsWith(", or a new file)"));
  }

  @Test
  void predict_foreignFile_isNotOverwritten() throws IOException {
    Files.writeString(in, "\"one\"\n");
    Files.writeString(out, "mine");

    assertThat(predict()).isEqualTo(1);

    assertThat(command.errors())
        .contains("bertserve: " + out + ": exists without out.jsonl.state (expected: a new file)");
    assertThat(out).hasContent("mine");
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
