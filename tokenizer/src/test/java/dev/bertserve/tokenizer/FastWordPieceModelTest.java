package dev.bertserve.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.XZInputStream;

/** What TensorFlow Text compiled, read back; the models are made by make_fast_models.py. */
final class FastWordPieceModelTest {

  @ParameterizedTest
  @CsvSource({"plain, [UNK]", "plain_221, [UNK]", "plain_unknown, unk"})
  void vocabulary_compiled_hasEveryTokenThatTextGives(String name, String unknown)
      throws IOException {
    Vocabulary read = Resources.words(name).vocabulary();
    List<String> tokens = tokens();
    assertThat(read.size()).isEqualTo(tokens.size());
    assertThat(read.id(unknown)).isEqualTo(tokens.indexOf(unknown));
    BitSet punctuation = Resources.words(name).punctuation();
    for (int id = 0; id < tokens.size(); id++) {
      String token = tokens.get(id);
      String piece = token.startsWith("##") ? token.substring(2) : token;
      boolean alone =
          piece.codePoints().anyMatch(punctuation::get)
              && (token.codePointCount(0, token.length()) > 1);
      boolean known = !token.equals("##") && (!alone || token.equals(unknown));
      assertThat(read.token(id)).isEqualTo(known ? token : "[id " + id + "]");
    }
  }

  @Test
  void vocabulary_compiledWithItsTokens_hasEveryToken() throws IOException {
    FastWordPieceModel model = Resources.words("named");
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
    FastWordPieceModel model = Resources.words("single_words");
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
    FastWordPieceModel model = Resources.words("named");
    assertThat(model.maxBytesPerWord()).isEqualTo(50);
    assertThat(model.unknownToken()).isEqualTo("[UNK]");
    assertThat(model.suffixIndicator()).isEqualTo("##");
    assertThat(Resources.words("plain").namesEveryToken()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "other_indicator, suffix_indicator: @@",
    "short_words, max_bytes_per_token: 3",
  })
  void of_settingNotKnown_saysWhich(String name, String said) throws IOException {
    byte[] model = Resources.compiled(name);
    assertThatThrownBy(() -> FastWordPieceModel.of(model))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said)
        .hasMessageContaining("expected: ");
  }

  @ParameterizedTest
  @CsvSource({"lower, true", "kept, false"})
  void normalizer_compiled_isKnown(String name, boolean lowerCase) throws IOException {
    assertThat(FastNormalizerModel.of(Resources.compiled(name)).lowerCase()).isEqualTo(lowerCase);
  }

  @Test
  void normalizer_malformedText_isRejected() throws IOException {
    byte[] model = Resources.compiled("lower");
    byte[] quarter = "1\u20444".getBytes(StandardCharsets.UTF_8);
    String text = new String(model, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(new String(quarter, StandardCharsets.ISO_8859_1));
    model[at + 1] = 'a';
    assertThatThrownBy(() -> FastNormalizerModel.of(model).table(new BitSet()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("normalized_string_pool: malformed (expected: UTF-8)");
  }

  /** Whatever bytes come, they are a model or they are refused. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "named"})
  void vocabulary_damagedModel_isRefusedOrRead(String name) {
    damage(name, 200, model -> FastWordPieceModel.of(model).vocabulary());
  }

  @Test
  void normalizer_damagedModel_isRefusedOrRead() {
    damage("lower", 300, model -> FastNormalizerModel.of(model).table(new BitSet()));
  }

  private static void damage(String name, int times, Consumer<byte[]> reader) {
    byte[] sound = Resources.compiled(name);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < times; i++) {
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
                  reader.accept(damaged);
                } catch (IllegalArgumentException e) {
                  assertThat(e).hasMessageContaining("expected: ");
                }
              })
          .as("seed %d, model %d", seed, i)
          .doesNotThrowAnyException();
    }
  }

  private static List<String> tokens() throws IOException {
    try (InputStream in = new XZInputStream(Resources.open("/fast/tokens.txt.xz"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
