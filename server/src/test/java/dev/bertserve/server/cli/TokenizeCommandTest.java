package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.CommandLineRun;
import dev.bertserve.server.fixture.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts in, tokens and ids out. */
final class TokenizeCommandTest {

  private static final String MODEL = Models.builtIn().toString();

  @RegisterExtension final CommandLineRun command = new CommandLineRun();

  @TempDir Path folder;

  @Test
  void tokenize_standardInput_writesTokensAndIds() {
    command.type("A good film\nÉté\n");

    assertThat(command.run("tokenize", MODEL)).isZero();

    assertThat(command.output().lines())
        .containsExactly(
            "{\"tokens\":[\"[CLS]\",\"a\",\"good\",\"film\",\"[SEP]\"],"
                + "\"ids\":[101,1037,2204,2143,102]}",
            "{\"tokens\":[\"[CLS]\",\"et\",\"##e\",\"[SEP]\"],\"ids\":[101,3802,2063,102]}");
  }

  @Test
  void tokenize_jsonPair_joinsBothTexts() throws IOException {
    Path file = folder.resolve("lines");
    Files.writeString(file, "\"one\"\n[\"one\",\"two\"]\n");

    assertThat(command.run("tokenize", MODEL, file.toString(), "--json")).isZero();

    assertThat(command.output().lines())
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

    assertThat(command.run("tokenize", MODEL, file.toString(), "--json")).isEqualTo(1);

    assertThat(command.errors()).hasSize(1);
    assertThat(command.errors().get(0)).startsWith("bertserve: line 2: ");
    assertThat(command.output().lines()).hasSize(1);
  }

  @Test
  void tokenize_noSuchFile_exits1() {
    assertThat(command.run("tokenize", MODEL, "no-such-file")).isEqualTo(1);

    assertThat(command.errors())
        .containsExactly("bertserve: file: no-such-file (expected: a file that can be read, or -)");
  }
}
