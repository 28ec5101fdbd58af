package dev.bertserve.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.server.text.TextProgram;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CalibrationTextsTest {

  @TempDir private Path folder;

  @Test
  void of_noFile_hasTheBuiltInTexts() throws IOException {
    assertThat(CalibrationTexts.of(Optional.empty()).rows(1, encoding())).hasSizeGreaterThan(60);
  }

  @Test
  void of_file_hasItsLinesWithoutBlankOnes() throws IOException {
    assertThat(rows(List.of("a", "", "  ", "b c"), 1)).hasSize(2);
  }

  @Test
  void of_longFile_isSpreadOverIt() throws IOException {
    List<String> lines = Collections.nCopies(10 * CalibrationTexts.MAX_TEXTS, "a");

    assertThat(rows(lines, 1)).hasSize(CalibrationTexts.MAX_TEXTS);
  }

  @Test
  void of_emptyFile_isRejected() {
    assertThatThrownBy(() -> rows(List.of(" "), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("(expected: at least one text)");
  }

  private List<TokenIds> rows(List<String> lines, int inputs) throws IOException {
    Path file = Files.write(folder.resolve("texts"), lines);
    return CalibrationTexts.of(Optional.of(file)).rows(inputs, encoding());
  }

  private static TokenEncoding encoding() {
    return new TokenEncoding(TextProgram.unchanged(1), LetterTokenizer.create());
  }
}
