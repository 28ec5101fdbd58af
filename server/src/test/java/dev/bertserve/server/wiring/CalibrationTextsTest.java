package dev.bertserve.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.server.serving.ValueType;
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

  private static final List<OutputSpec> OUTPUTS = List.of(new OutputSpec("score", List.of(1)));
  private static final ModelSignature SIGNATURE = ModelSignature.ofTexts(List.of("text"), OUTPUTS);

  @TempDir private Path folder;

  @Test
  void of_noFile_hasTheBuiltInTexts() throws IOException {
    assertThat(CalibrationTexts.of(Optional.empty()).ranging(SIGNATURE, encoding()))
        .hasSizeGreaterThan(60);
  }

  @Test
  void of_file_hasItsLinesWithoutBlankOnes() throws IOException {
    assertThat(rows(List.of("a", "", "  ", "b c"), SIGNATURE)).hasSize(2);
  }

  @Test
  void of_longFile_isSpreadOverIt() throws IOException {
    List<String> lines = Collections.nCopies(10 * CalibrationTexts.MAX_TEXTS, "a");

    assertThat(rows(lines, SIGNATURE)).hasSize(3 * CalibrationTexts.MAX_TEXTS / 4);
  }

  @Test
  void heldBack_longFile_isTheOtherTexts() throws IOException {
    List<String> lines = Collections.nCopies(32, "a");

    assertThat(heldBack(lines)).hasSize(8);
    assertThat(rows(lines, SIGNATURE)).hasSize(24);
  }

  @Test
  void heldBack_shortFileOrNone_isBuiltIn() throws IOException {
    List<TokenIds> builtIn = CalibrationTexts.of(Optional.empty()).heldBack(SIGNATURE, encoding());

    assertThat(builtIn).hasSizeGreaterThan(30);
    assertThat(heldBack(List.of("a", "b"))).hasSameSizeAs(builtIn);
  }

  @Test
  void of_emptyFile_isRejected() {
    assertThatThrownBy(() -> rows(List.of(" "), SIGNATURE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("(expected: at least one text)");
  }

  @Test
  void rows_modelWithAnInputBesideTheText_haveOneText() throws IOException {
    ModelSignature keyed =
        new ModelSignature(
            List.of(
                InputSpec.text("text"), new InputSpec("key", List.of(), ValueType.STRING, false)),
            OUTPUTS);

    assertThat(rows(List.of("a", "b c"), keyed))
        .extracting(TokenIds::toArray)
        .containsExactlyElementsOf(
            rows(List.of("a", "b c"), SIGNATURE).stream().map(TokenIds::toArray).toList());
  }

  private List<TokenIds> rows(List<String> lines, ModelSignature signature) throws IOException {
    Path file = Files.write(folder.resolve("texts"), lines);
    return CalibrationTexts.of(Optional.of(file)).ranging(signature, encoding());
  }

  private List<TokenIds> heldBack(List<String> lines) throws IOException {
    Path file = Files.write(folder.resolve("texts"), lines);
    return CalibrationTexts.of(Optional.of(file)).heldBack(SIGNATURE, encoding());
  }

  private static TokenEncoding encoding() {
    return new TokenEncoding(TextProgram.unchanged(1), LetterTokenizer.create());
  }
}
