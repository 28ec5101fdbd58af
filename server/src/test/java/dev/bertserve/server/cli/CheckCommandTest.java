package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.CommandLineRun;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.TextLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads of a model before they serve it. */
final class CheckCommandTest {

  private static final String MODEL = Models.builtIn().toString();

  @RegisterExtension final CommandLineRun command = new CommandLineRun();

  @TempDir Path folder;

  @Test
  void check_builtInModel_saysWhatIsExactAndFast() {
    assertThat(command.run("check", MODEL, "--precision", "fp32")).isZero();

    assertThat(command.output())
        .containsPattern("understood +yes, signature serving_default")
        .containsPattern("tokenizer +WordPiece, 128 tokens at most")
        .containsPattern("rewritten +\\{.*dense=12.*}")
        .containsPattern("padding +almost none")
        .containsPattern("precision +fp32 on .*changes outputs by at most \\d.* on 12 texts")
        .containsPattern("original graph +not compared \\(needs --op-library\\)")
        .containsPattern("rows a second +\\d+ of 32 tokens")
        .containsPattern("rows a second +\\d+ of 128 tokens")
        .containsPattern("memory +\\d+ MB");
    assertThat(command.errors()).isEmpty();
  }

  @Test
  void check_textsAndOpLibrary_comparesWithTheOriginalGraph() throws IOException {
    Path texts = folder.resolve("texts");
    Files.writeString(texts, "A good film\nÉté\n\n");

    int status =
        command.run(
            "check",
            MODEL,
            texts.toString(),
            "--precision=fp32",
            "--op-library=" + TextLibraries.folder());

    assertThat(status).isZero();
    Matcher line =
        Pattern.compile("original graph +outputs differ by at most (\\S+) on 3 texts")
            .matcher(command.output());
    assertThat(line.find()).isTrue();
    assertThat(Double.parseDouble(line.group(1))).isLessThan(1e-5);
  }

  @Test
  void check_noTexts_exits1WithOneLine() throws IOException {
    Path texts = Files.createFile(folder.resolve("texts"));

    assertThat(command.run("check", MODEL, texts.toString(), "--precision=fp32")).isEqualTo(1);

    assertThat(command.errors())
        .containsExactly("bertserve: texts: " + texts + " (expected: at least one line)");
  }

  @Test
  void check_modelThatIsRejected_exits1WithOneLine() throws IOException {
    Files.writeString(folder.resolve("saved_model.pb"), "no proto");

    assertThat(command.run("check", folder.toString())).isEqualTo(1);

    assertThat(command.errors()).hasSize(1);
    assertThat(command.errors().get(0)).contains("(expected: a SavedModel proto)");
  }
}
