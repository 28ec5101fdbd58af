package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.bertserve.server.cli.BertserveCommand;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.TextLibraries;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line: exit status, standard output, and one line on standard error. */
final class MainTest {

  private static final String MODEL = Models.builtIn().toString();

  @TempDir Path folder;

  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;
  private final InputStream realIn = System.in;
  private final Locale realLocale = Locale.getDefault();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void catchOutput() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void giveBack() {
    System.setOut(realOut);
    System.setErr(realErr);
    System.setIn(realIn);
    Locale.setDefault(realLocale);
  }

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
        "serve --precision=bf16 --op-library=ops.so",
        "inspect",
        "verify only-a-model",
        "tokenize",
      })
  void run_badUsage_exits2WithOneLine(String line) {
    assertThat(run(words(line))).isEqualTo(2);

    assertThat(errors()).hasSize(1);
    assertThat(errors().get(0)).startsWith("bertserve: ").contains(" --help");
    assertThat(output()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--help", "serve --help", "inspect --help", "tokenize --help", "verify --help"})
  void run_help_exits0(String line) {
    assertThat(run(words(line))).isZero();

    assertThat(output()).contains("Usage: bertserve");
    assertThat(errors()).isEmpty();
  }

  @Test
  void run_serveHelp_namesVariablesAndDefaults() {
    run("serve", "--help");

    assertThat(output()).contains("BERTSERVE_", "AIP_HTTP_PORT", "--max-rows-in-flight", "(4096)");
  }

  @Test
  void run_version_exits0() {
    assertThat(run("--version")).isZero();

    assertThat(output()).startsWith("bertserve ");
  }

  @Test
  void inspect_builtInModel_printsThePropertiesOfTheModel() {
    assertThat(run("inspect", MODEL)).isZero();

    assertThat(output())
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
    assertThat(run("inspect", MODEL, "--json")).isZero();

    JsonNode facts = new ObjectMapper().readTree(output());
    assertThat(facts.get("encoder_width").asInt()).isEqualTo(128);
    assertThat(facts.get("heads").asInt()).isEqualTo(2);
    assertThat(facts.get("cut").isObject()).isTrue();
    assertThat(facts.get("rewritten").get("attention").asInt()).isEqualTo(2);
    assertThat(facts.get("left_as_exported").isEmpty()).isTrue();
  }

  @Test
  void inspect_noSuchModel_exits1WithOneLine() {
    assertThat(run("inspect", "no/such/model")).isEqualTo(1);

    assertThat(errors())
        .containsExactly("bertserve: model: no/such/model (expected: a SavedModel directory)");
  }

  @Test
  void inspect_noSuchModelVerbose_showsTheStackTrace() {
    assertThat(run("inspect", "no/such/model", "--verbose")).isEqualTo(1);

    assertThat(errors()).hasSizeGreaterThan(2);
    assertThat(errors().get(2)).contains("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect %s --op-library=no-such.so",
        "serve %s --check --host=127.0.0.1 --port=0 --op-library=no-such.so",
        "verify %s - --against-original --op-library=no-such.so",
      })
  void run_noSuchOpLibrary_exits1WithOneLine(String line) {
    assertThat(run(words(line.formatted(MODEL)))).isEqualTo(1);

    assertThat(errors())
        .containsExactly(
            "bertserve: op-library: no-such.so (expected: a shared object, or a folder of shared objects)");
  }

  @Test
  void inspect_opLibrary_printsThatTheOriginalGraphRuns() throws IOException {
    String model = SmallModels.folder("fast_uncased").toString();

    assertThat(run("inspect", model, "--json", "--op-library", TextLibraries.folder().toString()))
        .isZero();

    assertThat(output())
        .isEqualTo(
            "{\"signature\":\"serving_default\",\"graph\":\"original, run unchanged\","
                + "\"text_inputs\":[\"text\"],"
                + "\"tokenizer\":\"not read, the graph's own ops run\","
                + "\"outputs\":[\"score [1]\"]}"
                + System.lineSeparator());
  }

  @Test
  void serve_checkOfBuiltInModel_exits0() {
    assertThat(run("serve", "--check", "--host", "127.0.0.1", "--port", "0")).isZero();
  }

  @Test
  void serve_checkOfBrokenModel_exits1WithOneLine() throws IOException {
    Files.writeString(folder.resolve("saved_model.pb"), "no proto");

    int status = run("serve", folder.toString(), "--check", "--host", "127.0.0.1", "--port", "0");

    assertThat(status).isEqualTo(1);
    assertThat(errors()).hasSize(1);
    assertThat(errors().get(0)).contains("saved_model.pb", "(expected: a SavedModel proto)");
  }

  @Test
  void tokenize_standardInput_writesTokensAndIds() {
    System.setIn(new ByteArrayInputStream("A good film\nÉté\n".getBytes(StandardCharsets.UTF_8)));

    assertThat(run("tokenize", MODEL)).isZero();

    assertThat(output().lines())
        .containsExactly(
            "{\"tokens\":[\"[CLS]\",\"a\",\"good\",\"film\",\"[SEP]\"],"
                + "\"ids\":[101,1037,2204,2143,102]}",
            "{\"tokens\":[\"[CLS]\",\"et\",\"##e\",\"[SEP]\"],\"ids\":[101,3802,2063,102]}");
  }

  @Test
  void tokenize_jsonPair_joinsBothTexts() throws IOException {
    Path file = folder.resolve("lines");
    Files.writeString(file, "\"one\"\n[\"one\",\"two\"]\n");

    assertThat(run("tokenize", MODEL, file.toString(), "--json")).isZero();

    assertThat(output().lines())
        .containsExactly(
            "{\"tokens\":[\"[CLS]\",\"one\",\"[SEP]\"],\"ids\":[101,2028,102]}",
            "{\"tokens\":[\"[CLS]\",\"one\",\"[SEP]\",\"two\",\"[SEP]\"],"
                + "\"ids\":[101,2028,102,2048,102]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"one\"", "7", "[\"a\",\"b\",\"c\"]", "{\"text\":\"a\"}", "\"a\"b"})
  void tokenize_badJsonLine_exits1NamingTheLine(String line) throws IOException {
    Path file = folder.resolve("lines");
    Files.writeString(file, "\"fine\"\n" + line + "\n");

    assertThat(run("tokenize", MODEL, file.toString(), "--json")).isEqualTo(1);

    assertThat(errors()).hasSize(1);
    assertThat(errors().get(0)).startsWith("bertserve: line 2: ");
    assertThat(output().lines()).hasSize(1);
  }

  @Test
  void tokenize_noSuchFile_exits1() {
    assertThat(run("tokenize", MODEL, "no-such-file")).isEqualTo(1);

    assertThat(errors()).containsExactly("bertserve: file: no-such-file (expected: a file or -)");
  }

  @Test
  void verify_goldens_exits0AndPrintsTheDifference() throws IOException {
    Locale.setDefault(Locale.GERMANY);

    assertThat(run("verify", MODEL, goldens(0).toString(), "--tolerance", "1e-5")).isZero();

    assertThat(output())
        .matches(
            "rows 320, precision fp32, largest difference \\d\\.\\d\\de-\\d+ \\(tolerance 1\\.00e-05\\)\\R");
  }

  @Test
  void verify_otherAnswers_exits1() throws IOException {
    assertThat(run("verify", MODEL, goldens(0.01).toString())).isEqualTo(1);

    assertThat(output()).startsWith("rows 320, precision fp32, largest difference 0.0100 ");
  }

  @Test
  void verify_noLines_exits1WithOneLine() throws IOException {
    Path file = folder.resolve("empty");
    Files.writeString(file, "");

    assertThat(run("verify", MODEL, file.toString())).isEqualTo(1);

    assertThat(errors()).hasSize(1);
    assertThat(errors().get(0)).contains("(expected: at least one line)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"inputs\":{\"text\":\"a\"}}",
        "{\"inputs\":{\"words\":\"a\"},\"outputs\":{\"classifier\":[0.5]}}",
        "{\"inputs\":{\"text\":\"a\"},\"outputs\":{\"classifier\":[0.5,0.5]}}",
        "{\"inputs\":{\"text\":7},\"outputs\":{\"classifier\":[0.5]}}",
        "{\"inputs\":",
        "",
      })
  void verify_badLine_exits1NamingTheLine(String line) throws IOException {
    Path file = folder.resolve("goldens");
    Files.writeString(file, line + "\n");

    assertThat(run("verify", MODEL, file.toString())).isEqualTo(1);

    assertThat(errors()).hasSize(1);
    assertThat(errors().get(0)).startsWith("bertserve: line 1: ");
  }

  private Path goldens(double shift) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<String> lines = new ArrayList<>();
    for (KnownAnswer answer : KnownAnswer.builtIn()) {
      JsonNode line = json.readTree(answer.line());
      ((ArrayNode) line.at("/outputs/classifier")).set(0, answer.score() + shift);
      lines.add(line.toString());
    }
    Path file = folder.resolve("goldens.jsonl");
    Files.write(file, lines);
    return file;
  }

  private static String[] words(String line) {
    return Pattern.compile(" ")
        .splitAsStream(line)
        .filter(word -> !word.isEmpty())
        .toArray(String[]::new);
  }

  private static int run(String... args) {
    return new BertserveCommand().run(args);
  }

  private String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private List<String> errors() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
