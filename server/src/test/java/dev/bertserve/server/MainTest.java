package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.bulk.OutputChoice;
import dev.bertserve.server.fixture.CommandLineRun;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.TextLibraries;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line: exit status, standard output, and one line on standard error. */
final class MainTest {

  private static final String MODEL = Models.builtIn().toString();

  @RegisterExtension final CommandLineRun command = new CommandLineRun();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sing",
        "serve --pork=8080",
        "serve --port=eighty",
        "serve --port=70000",
        "serve --predict-route=/bigquery",
        "serve --precision=fp3",
        "serve --calibration=no-file",
        "serve --model==.",
        "serve --model=a=no/such",
        "serve --model=a=. --model=a=.",
        "serve --precision=bf16 --op-library=ops.so",
        "inspect",
        "verify only-a-model",
        "tokenize",
      })
  void run_badUsage_exits2WithOneLine(String line) {
    assertThat(command.run(words(line))).isEqualTo(2);

    assertThat(command.errors()).hasSize(1);
    assertThat(command.errors().get(0)).startsWith("bertserve: ").contains(" --help");
    assertThat(command.output()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "serv"})
  void run_noSuchCommand_listsThem(String line) {
    command.run(words(line));

    assertThat(command.errors().get(0))
        .contains("(expected: one of check, inspect, predict, prepare, tokenize, verify, serve)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "inspect %s", "inspect %s --json", "tokenize %s %s/texts"})
  void run_outputThatNobodyReads_exits1WithOneLine(String line) throws IOException {
    Files.writeString(folder.resolve("texts"), "a film");
    System.setOut(new PrintStream(new ClosedStream()));

    assertThat(command.run(words(line.formatted(MODEL, folder)))).isEqualTo(1);

    assertThat(command.errors()).containsExactly("bertserve: " + OutputChoice.LOST);
  }

  /** So {@code tokenize MODEL | head} ends. */
  @Test
  @Timeout(60)
  void tokenize_endlessInputAndOutputThatNobodyReads_ends() {
    System.setIn(
        new InputStream() {
          @Override
          public int read() {
            return '\n';
          }
        });
    System.setOut(new PrintStream(new ClosedStream()));

    assertThat(command.run("tokenize", MODEL)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--help", "serve --help", "inspect --help", "tokenize --help", "verify --help"})
  void run_help_exits0(String line) {
    assertThat(command.run(words(line))).isZero();

    assertThat(command.output()).contains("Usage: bertserve");
    assertThat(command.errors()).isEmpty();
  }

  @Test
  void run_serveHelp_namesVariablesAndDefaults() {
    command.run("serve", "--help");

    assertThat(command.output())
        .contains("BERTSERVE_", "AIP_HTTP_PORT", "--max-rows-in-flight", "(4096)");
  }

  @Test
  void run_version_exits0() {
    assertThat(command.run("--version")).isZero();

    assertThat(command.output()).startsWith("bertserve ");
  }

  @Test
  void inspect_builtInModel_printsThePropertiesOfTheModel() {
    assertThat(command.run("inspect", MODEL)).isZero();

    assertThat(command.output())
        .containsPattern("text inputs +\\[text]")
        .containsPattern("tokenizer +WordPiece")
        .containsPattern("vocabulary size +30522")
        .containsPattern("lower case +true")
        .containsPattern("sequence length +128")
        .containsPattern("layers +2")
        .containsPattern("rewritten +\\{.*layer norm=5, dense=12, gelu=2, attention=2,.*}")
        .containsPattern("left as exported +\\{}");
  }

  @Test
  void inspect_json_isOneObject() throws IOException {
    assertThat(command.run("inspect", MODEL, "--json")).isZero();

    JsonNode facts = new ObjectMapper().readTree(command.output());
    assertThat(facts.get("encoder_width").asInt()).isEqualTo(128);
    assertThat(facts.get("heads").asInt()).isEqualTo(2);
    assertThat(facts.get("cut").isObject()).isTrue();
    assertThat(facts.get("rewritten").get("attention").asInt()).isEqualTo(2);
    assertThat(facts.get("left_as_exported").isEmpty()).isTrue();
  }

  @Test
  void inspect_noSuchModel_exits1WithOneLine() {
    assertThat(command.run("inspect", "no/such/model")).isEqualTo(1);

    assertThat(command.errors())
        .containsExactly(
            "bertserve: model: no/such/model (expected: a SavedModel directory, or gs://bucket/folder)");
  }

  @Test
  void inspect_noSuchModelVerbose_showsTheStackTrace() {
    assertThat(command.run("inspect", "no/such/model", "--verbose")).isEqualTo(1);

    assertThat(command.errors()).hasSizeGreaterThan(2);
    assertThat(command.errors().get(2)).contains("\tat ");
  }

  /** The folder has no model, so whatever comes first is told. */
  @ParameterizedTest
  @CsvSource({
    "check FOLDER no-file, 'file: no-file (expected: a file that can be read, or -)'",
    "verify FOLDER no-file, 'file: no-file (expected: a file that can be read, or -)'",
    "predict FOLDER no-file, 'file: no-file (expected: a file that can be read, or -)'",
    "predict FOLDER no-file*, file: no-file*: none (expected: at least one)",
    "prepare FOLDER FOLDER, out: FOLDER exists (expected: a new path)",
    "prepare FOLDER no/out, out: no/out (expected: in a folder that can be written)",
    "prepare FOLDER FOLDER/out --calibration=no, calibration: no (expected: a file that can be read)"
  })
  void run_otherArgumentThatIsWrong_failsBeforeTheModelIsLoaded(String line, String reason) {
    assertThat(command.run(words(line.replace("FOLDER", folder.toString())))).isEqualTo(1);

    assertThat(command.errors())
        .containsExactly("bertserve: " + reason.replace("FOLDER", folder.toString()));
  }

  @Test
  void check_emptyModel_isNotTheBuiltInOne() {
    assertThat(command.run("check", "")).isEqualTo(1);

    assertThat(command.errors())
        .containsExactly(
            "bertserve: model: empty (expected: a SavedModel directory, or gs://bucket/folder)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect %s --op-library=no-such.so",
        "serve %s --check --host=127.0.0.1 --port=0 --op-library=no-such.so",
        "verify %s - --against-original --op-library=no-such.so",
      })
  void run_noSuchOpLibrary_exits1WithOneLine(String line) {
    assertThat(command.run(words(line.formatted(MODEL)))).isEqualTo(1);

    assertThat(command.errors())
        .containsExactly(
            "bertserve: op-library: no-such.so (expected: a shared object, or a folder of shared objects)");
  }

  @Test
  void inspect_opLibrary_printsThatTheOriginalGraphRuns() throws IOException {
    String model = SmallModels.folder("fast_uncased").toString();

    assertThat(
            command.run(
                "inspect", model, "--json", "--op-library", TextLibraries.folder().toString()))
        .isZero();

    assertThat(command.output())
        .isEqualTo(
            "{\"signature\":\"serving_default\",\"graph\":\"original, run unchanged\","
                + "\"text_inputs\":[\"text\"],"
                + "\"tokenizer\":\"not read, the graph's own ops run\","
                + "\"outputs\":[\"score [1]\"]}"
                + System.lineSeparator());
  }

  @Test
  void serve_checkOfBuiltInModel_exits0() {
    assertThat(command.run("serve", "--check", "--host", "127.0.0.1", "--port", "0")).isZero();
  }

  @Test
  void serve_checkOfBrokenModel_exits1WithOneLine() throws IOException {
    Files.writeString(folder.resolve("saved_model.pb"), "no proto");

    int status =
        command.run("serve", folder.toString(), "--check", "--host", "127.0.0.1", "--port", "0");

    assertThat(status).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.errors().get(0))
        .contains("saved_model.pb", "(expected: a SavedModel proto)");
  }

  private static String[] words(String line) {
    return Pattern.compile(" ")
        .splitAsStream(line)
        .filter(word -> !word.isEmpty())
        .toArray(String[]::new);
  }

  private static final class ClosedStream extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      throw new IOException("Broken pipe");
    }
  }
}
