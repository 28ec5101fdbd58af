package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.bertserve.server.fixture.CommandLineRun;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Outputs compared with known ones. */
final class VerifyCommandTest {

  private static final String MODEL = Models.builtIn().toString();

  @RegisterExtension final CommandLineRun command = new CommandLineRun();

  @TempDir Path folder;

  private final Locale realLocale = Locale.getDefault();

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(realLocale);
  }

  @Test
  void verify_goldens_exits0AndPrintsTheDifference() throws IOException {
    Locale.setDefault(Locale.GERMANY);

    assertThat(command.run("verify", MODEL, goldens(0).toString(), "--tolerance", "1e-5")).isZero();

    assertThat(command.output())
        .matches(
            "rows 320, precision fp32, largest difference \\d\\.\\d\\de-\\d+ \\(tolerance 1\\.00e-05\\)\\R");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sentiment",
        "bert_en_cased_L-2_H-128_A-2",
        "logits_S64",
        "pair_S128",
        "two_outputs",
        "electra_small_L-2_H-128_A-2",
        "albert_en_L-2_H-128_A-2",
      })
  void verify_sharedModel_isExact(String name) throws Exception {
    String goldens = Models.sharedGoldens(name, folder).toString();

    int status =
        command.run("verify", Models.shared(name).toString(), goldens, "--tolerance", "1e-5");

    assertThat(status).as(command.output()).isZero();
  }

  @Test
  void verify_otherAnswers_exits1() throws IOException {
    assertThat(command.run("verify", MODEL, goldens(0.01).toString())).isEqualTo(1);

    assertThat(command.output()).startsWith("rows 320, precision fp32, largest difference 0.0100 ");
  }

  @Test
  void verify_noLines_exits1WithOneLine() throws IOException {
    Path file = folder.resolve("empty");
    Files.writeString(file, "");

    assertThat(command.run("verify", MODEL, file.toString())).isEqualTo(1);

    assertThat(command.errors()).hasSize(1);
    assertThat(command.errors().get(0)).contains("(expected: at least one line)");
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

    assertThat(command.run("verify", MODEL, file.toString())).isEqualTo(1);

    assertThat(command.errors()).hasSize(1);
    assertThat(command.errors().get(0)).startsWith("bertserve: line 1: ");
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
}
