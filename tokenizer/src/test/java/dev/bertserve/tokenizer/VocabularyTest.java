package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each case was tried on TensorFlow's table initialiser. */
final class VocabularyTest {

  @Test
  void read_file_lineNumberIsId(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("vocab.txt"), "a\nbc\n##d\n");
    Vocabulary vocabulary = Vocabulary.read(file);
    assertThat(vocabulary.size()).isEqualTo(3);
    assertThat(vocabulary.id("##d")).isEqualTo(2);
    assertThat(vocabulary.token(1)).isEqualTo("bc");
    assertThat(vocabulary.id("b")).isEqualTo(-1);
  }

  @Test
  void of_carriageReturnBeforeLineFeed_dropsOne() {
    assertThat(of("a\r\nb\r\r\nc\r").id("a")).isZero();
    assertThat(of("a\r\nb\r\r\nc\r").id("b\r")).isEqualTo(1);
    assertThat(of("a\r\nb\r\r\nc\r").id("c")).isEqualTo(2);
  }

  @Test
  void of_carriageReturnInsideLine_keepsIt() {
    assertThat(of("a\rb\n").id("a\rb")).isZero();
  }

  @Test
  void of_noLineFeedAtEnd_readsLastLine() {
    assertThat(of("a\nb").id("b")).isEqualTo(1);
  }

  @Test
  void of_byteOrderMark_belongsToFirstToken() {
    assertThat(of("\uFEFFa\nb\n").id("a")).isEqualTo(-1);
    assertThat(of("\uFEFFa\nb\n").id("\uFEFFa")).isZero();
  }

  @Test
  void of_unusualCharacters_keepsThem() {
    Vocabulary vocabulary = of("a\0b\nb \na\tb\na\u2028b\n");
    assertThat(vocabulary.size()).isEqualTo(4);
    assertThat(vocabulary.id("a\0b")).isZero();
    assertThat(vocabulary.id("b ")).isEqualTo(1);
  }

  @Test
  void of_blankLine_isRefused() {
    for (String file : new String[] {"a\n\nb\n", "a\nb\n\n", "\n", "a\n\r\nb\n"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> of(file))
          .withMessageContaining("empty (expected: a token on every line)");
    }
  }

  @Test
  void of_emptyFile_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> of("")).withMessageContaining("empty");
  }

  @Test
  void of_tokenTwice_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("a\nb\na\n"))
        .withMessage("vocabulary: a twice (expected: each token once)");
  }

  @Test
  void of_malformedUtf8_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vocabulary.of("a\n\u00FF\n".getBytes(ISO_8859_1)))
        .withMessage("vocabulary line 2: malformed (expected: UTF-8)");
  }

  @Test
  void token_idOutside_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("a\n").token(1))
        .withMessage("id: 1 (expected: 0 to 0)");
  }

  private static Vocabulary of(String file) {
    return Vocabulary.of(file.getBytes(UTF_8));
  }
}
