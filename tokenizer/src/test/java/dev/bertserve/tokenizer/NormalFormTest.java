package dev.bertserve.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.Normalizer2;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against ICU of TensorFlow Text's Unicode version. */
final class NormalFormTest {

  private static final List<String> CONTEXTS = List.of("%s", "e%s\u0301", "\u0327%s\u0323a");

  @ParameterizedTest
  @EnumSource
  void of_everyCodePoint_isIcus(NormalForm form) {
    Normalizer2 icu = icu(form);
    for (int codePoint = 0; codePoint < 0x110000; codePoint++) {
      for (String context : CONTEXTS) {
        String text = context.replace("%s", Character.toString(codePoint));
        String expected = icu.normalize(text);
        if (!form.of(text).equals(expected)) {
          assertThat(form.of(text)).as("U+%04X in %s", codePoint, context).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_randomText_isIcus(NormalForm form) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Normalizer2 icu = icu(form);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(12); length >= 0; length--) {
        text.appendCodePoint(
            random.nextInt(random.nextBoolean() ? 0x400 : random.nextBoolean() ? 0x3200 : 0x20000));
      }
      assertThat(form.of(text.toString()))
          .as("seed %d", seed)
          .isEqualTo(icu.normalize(text.toString()));
    }
  }

  @Test
  void of_asciiInLowerCase_isTheSameText() {
    String text = "as it is";
    assertThat(NormalForm.NFKC_CASEFOLD.of(text)).isSameAs(text);
  }

  private static Normalizer2 icu(NormalForm form) {
    return switch (form) {
      case NFC -> Normalizer2.getNFCInstance();
      case NFD -> Normalizer2.getNFDInstance();
      case NFKC -> Normalizer2.getNFKCInstance();
      case NFKD -> Normalizer2.getNFKDInstance();
      case NFKC_CASEFOLD -> Normalizer2.getNFKCCasefoldInstance();
    };
  }
}
