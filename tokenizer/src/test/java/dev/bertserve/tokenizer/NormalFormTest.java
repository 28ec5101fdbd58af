package dev.bertserve.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.Normalizer2;
import java.text.Normalizer;
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

  /** A run of marks, and what decomposes to marks or parts them. */
  @ParameterizedTest
  @EnumSource
  void of_longRunsOfMarks_isIcus(NormalForm form) {
    int[] marks = {
      0x301, 0x323, 0x327, 0x345, 0x344, 0x34F, 0xF71, 0xF73, 0xF75, 0xF81, 0xFF9E, 0xFF9F, 0x3099,
      0x302E, 0x1B44, 0x1D165, 0x1D16D, 0x1D160, 0xAD, 'e', 0xE9, 0x30AB, 0x1ABF, 0x1DF8, 0x5B0
    };
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Normalizer2 icu = icu(form);
    for (int i = 0; i < 3_000; i++) {
      StringBuilder text = new StringBuilder("e");
      int kinds = 1 + random.nextInt(marks.length);
      for (int length = random.nextInt(200); length >= 0; length--) {
        text.appendCodePoint(marks[random.nextInt(kinds)]);
      }
      assertThat(form.of(text.toString()))
          .as("seed %d", seed)
          .isEqualTo(icu.normalize(text.toString()));
    }
  }

  /** Half an hour of work if each mark is moved past all those before it. */
  @ParameterizedTest
  @EnumSource
  void of_aMillionMarks_areInOrder(NormalForm form) {
    int half = 500_000;
    String ordered = "\u0323".repeat(half) + "\u0301".repeat(half);
    assertThat(form.of("\u0301\u0323".repeat(half)).equals(ordered)).isTrue();
  }

  @Test
  void ordered_longRuns_areInOrderForTheNormalizer() {
    Normalizer.Form form = Normalizer.Form.NFD;
    assertThat(LongMarkRuns.ordered("a" + "\u0301\u0323".repeat(20) + "b", form))
        .isEqualTo("a" + "\u0323".repeat(20) + "\u0301".repeat(20) + "b");
    assertThat(LongMarkRuns.ordered("\u0F73".repeat(40), form))
        .isEqualTo("\u0F71".repeat(40) + "\u0F72".repeat(40));
    String shortRuns = "a\u0301\u0323".repeat(40);
    assertThat(LongMarkRuns.ordered(shortRuns, form)).isSameAs(shortRuns);
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
