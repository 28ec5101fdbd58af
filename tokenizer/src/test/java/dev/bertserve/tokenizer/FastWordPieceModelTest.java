package dev.bertserve.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.XZInputStream;

/** What TensorFlow Text compiled, read back; the models are made by make_fast_models.py. */
final class FastWordPieceModelTest {

  @ParameterizedTest
  @CsvSource({"plain, [UNK]", "plain_unknown, unk"})
  void vocabulary_compiled_hasEveryTokenThatTextGives(String name, String unknown)
      throws IOException {
    Vocabulary read = FastWordPieceModel.of(model(name)).vocabulary();
    List<String> tokens = tokens();
    assertThat(read.size()).isEqualTo(tokens.size());
    assertThat(read.id(unknown)).isEqualTo(tokens.indexOf(unknown));
    CodepointTable table = CodepointTable.fastKept();
    for (int id = 0; id < tokens.size(); id++) {
      String token = tokens.get(id);
      String piece = token.startsWith("##") ? token.substring(2) : token;
      boolean alone =
          piece.codePoints().anyMatch(c -> CodepointTable.kind(table.entry(c)) == 2)
              && (token.codePointCount(0, token.length()) > 1);
      boolean known = !token.equals("##") && (!alone || token.equals(unknown));
      assertThat(read.token(id)).isEqualTo(known ? token : "[id " + id + "]");
    }
  }

  @Test
  void vocabulary_compiledWithItsTokens_hasEveryToken() throws IOException {
    FastWordPieceModel model = FastWordPieceModel.of(model("named"));
    Vocabulary read = model.vocabulary();
    List<String> tokens = tokens();
    assertThat(model.namesEveryToken()).isTrue();
    assertThat(read.size()).isEqualTo(tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      assertThat(read.token(id)).isEqualTo(tokens.get(id));
    }
  }

  @Test
  void vocabulary_compiledForSingleWords_hasEveryTokenButTheIndicator() throws IOException {
    FastWordPieceModel model = FastWordPieceModel.of(model("single_words"));
    Vocabulary read = model.vocabulary();
    List<String> tokens = tokens();
    assertThat(model.takesTexts()).isFalse();
    assertThat(read.size()).isEqualTo(tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      String token = tokens.get(id);
      assertThat(read.token(id)).isEqualTo(token.equals("##") ? "[id " + id + "]" : token);
    }
  }

  @Test
  void settings_compiled_areThoseItWasMadeWith() throws IOException {
    FastWordPieceModel model = FastWordPieceModel.of(model("named"));
    assertThat(model.maxBytesPerWord()).isEqualTo(50);
    assertThat(model.unknownToken()).isEqualTo("[UNK]");
    assertThat(model.suffixIndicator()).isEqualTo("##");
    assertThat(FastWordPieceModel.of(model("plain")).namesEveryToken()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "other_indicator, suffix_indicator: @@",
    "short_words, max_bytes_per_token: 3",
  })
  void of_settingNotKnown_saysWhich(String name, String said) throws IOException {
    byte[] model = model(name);
    assertThatThrownBy(() -> FastWordPieceModel.of(model))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said)
        .hasMessageContaining("expected: ");
  }

  @ParameterizedTest
  @CsvSource({"lower, true", "kept, false"})
  void normalizer_compiled_isKnown(String name, boolean lowerCase) throws IOException {
    assertThat(FastNormalizerModel.of(model(name)).lowerCase()).isEqualTo(lowerCase);
  }

  @Test
  void normalizer_otherRule_namesTheCodePoint() throws IOException {
    byte[] model = model("lower");
    byte[] quarter = "1\u20444".getBytes(StandardCharsets.UTF_8);
    String text = new String(model, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(new String(quarter, StandardCharsets.ISO_8859_1));
    model[at + quarter.length - 1] = '5';
    assertThatThrownBy(() -> FastNormalizerModel.of(model))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("normalizer: U+00BC to '1\u20445' (expected: '1\u20444', by Unicode 12.1)");
  }

  /** Whatever bytes come, they are a model or they are refused. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "named"})
  void vocabulary_damagedModel_isRefusedOrRead(String name) throws IOException {
    byte[] sound = model(name);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] damaged =
          Arrays.copyOf(sound, i % 2 == 0 ? sound.length : random.nextInt(sound.length));
      for (int n = 0; damaged.length > 0 && n < 3; n++) {
        // The table and its fields lie at the start, the trie behind the rest
        int range = random.nextBoolean() ? Math.min(damaged.length, 128) : damaged.length;
        damaged[random.nextInt(range)] = (byte) random.nextInt(256);
      }
      assertThatCode(
              () -> {
                try {
                  FastWordPieceModel.of(damaged).vocabulary();
                } catch (IllegalArgumentException e) {
                  assertThat(e).hasMessageContaining("expected: ");
                }
              })
          .as("seed %d, model %d", seed, i)
          .doesNotThrowAnyException();
    }
  }

  private static List<String> tokens() throws IOException {
    return new String(resource("tokens.txt"), StandardCharsets.UTF_8).lines().toList();
  }

  private static byte[] model(String name) throws IOException {
    return resource(name + ".fb");
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = new XZInputStream(Resources.open("/fast/" + name + ".xz"))) {
      return in.readAllBytes();
    }
  }
}
