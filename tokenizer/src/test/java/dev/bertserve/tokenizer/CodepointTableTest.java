package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The table against TensorFlow Text's own answer for every code point. */
final class CodepointTableTest {

  private final GoldenCodepoints goldens;

  CodepointTableTest() throws IOException {
    goldens = GoldenCodepoints.read();
  }

  @Test
  void entry_everyCodePointFolded_isGoldenForm() throws IOException {
    assertForms(formsOf(classic(true)), goldens::folded);
    assertForms(formsOf(Resources.fast(true, "")), c -> spaced(goldens, c, goldens.folded(c)));
    GoldenCodepoints newer = GoldenCodepoints.read221();
    assertForms(formsOf(Resources.fast(true, "_221")), c -> spaced(newer, c, newer.folded(c)));
  }

  @Test
  void entry_everyCodePointKept_staysItself() {
    assertForms(formsOf(classic(false)), Character::toString);
    assertForms(formsOf(Resources.fast(false, "")), c -> spaced(goldens, c, Character.toString(c)));
  }

  /** The fast operations make a space of a control that folding leaves. */
  private static String spaced(GoldenCodepoints goldens, int codePoint, String form) {
    boolean space = goldens.kind(codePoint) == 's' && goldens.fastKind(codePoint) == 's';
    return space && form.equals(Character.toString(codePoint)) ? " " : form;
  }

  @Test
  void stripped_everyCodePoint_isGoldenForm() {
    StrippedText text = new StrippedText(true);
    assertForms(
        codePoint -> {
          text.open(Character.toString(codePoint));
          text.readOn(0);
          return new String(text.bytes(), 0, text.settled(), UTF_8);
        },
        goldens::stripped);
  }

  @Test
  void kind_everyCodePoint_isGoldenKind() throws IOException {
    GoldenCodepoints newer = GoldenCodepoints.read221();
    assertForms(kindsOf(classic(false)), c -> kept(goldens.kind(c)));
    assertForms(kindsOf(Resources.fast(false, "")), c -> kept(goldens.fastKind(c)));
    assertForms(kindsOf(Resources.fast(false, "_221")), c -> kept(newer.fastKind(c)));
  }

  private static void assertForms(IntFunction<String> actual, IntFunction<String> expected) {
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (Character.MIN_SURROGATE <= codePoint && codePoint <= Character.MAX_SURROGATE) {
        continue;
      }
      String form = actual.apply(codePoint);
      if (!form.equals(expected.apply(codePoint))) {
        assertThat(form).as("code point %x", codePoint).isEqualTo(expected.apply(codePoint));
      }
    }
  }

  /** A mark is of a word where it is not stripped. */
  private static String kept(char kind) {
    return kind == 'm' ? "w" : String.valueOf(kind);
  }

  private static IntFunction<String> kindsOf(CodepointTable table) {
    return c -> "wsa".substring(CodepointTable.kind(table.entry(c))).substring(0, 1);
  }

  private static IntFunction<String> formsOf(CodepointTable table) {
    return codePoint -> form(table, codePoint);
  }

  private static String form(CodepointTable table, int codePoint) {
    int entry = table.entry(codePoint);
    StringBuilder form = new StringBuilder();
    switch (CodepointTable.kind(entry)) {
      case CodepointTable.HANGUL -> {
        form.appendCodePoint(Hangul.leading(codePoint)).appendCodePoint(Hangul.vowel(codePoint));
        if (Hangul.hasTrailing(codePoint)) {
          form.appendCodePoint(Hangul.trailing(codePoint));
        }
      }
      case CodepointTable.SEQUENCE -> {
        for (int i = 0; i < CodepointTable.length(entry); i++) {
          int part = table.entry(entry, i);
          if (CodepointTable.kind(part) != CodepointTable.DROPPED) {
            form.appendCodePoint(CodepointTable.value(part));
          }
        }
      }
      case CodepointTable.DROPPED -> {}
      default -> form.appendCodePoint(CodepointTable.normalForm(codePoint, entry));
    }
    return form.toString();
  }

  private static CodepointTable classic(boolean lowerCase) {
    return CodepointTable.of(Resources.spec(lowerCase, 128));
  }
}
