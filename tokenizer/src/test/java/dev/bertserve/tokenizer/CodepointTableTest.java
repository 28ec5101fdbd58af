package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The table against TensorFlow Text's own answer for every code point. */
final class CodepointTableTest {

  private static final List<TokenizerSpec.Operations> OF_TENSORFLOW =
      List.of(TokenizerSpec.Operations.CLASSIC, TokenizerSpec.Operations.FAST);

  private final GoldenCodepoints goldens;

  CodepointTableTest() throws IOException {
    goldens = GoldenCodepoints.read();
  }

  @Test
  void entry_everyCodePointFolded_isGoldenForm() {
    for (TokenizerSpec.Operations operations : OF_TENSORFLOW) {
      CodepointTable table = CodepointTable.of(spec(true, operations));
      assertForms(codePoint -> form(table, codePoint), goldens::folded);
    }
  }

  @Test
  void entry_everyCodePointKept_staysItself() {
    for (TokenizerSpec.Operations operations : OF_TENSORFLOW) {
      CodepointTable table = CodepointTable.of(spec(false, operations));
      assertForms(codePoint -> form(table, codePoint), Character::toString);
    }
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
  void kind_everyCodePoint_isGoldenKind() {
    CodepointTable classic = CodepointTable.of(spec(false, TokenizerSpec.Operations.CLASSIC));
    CodepointTable fast = CodepointTable.of(spec(false, TokenizerSpec.Operations.FAST));
    assertForms(
        codePoint -> kind(classic, codePoint) + kind(fast, codePoint),
        codePoint -> kept(goldens.kind(codePoint)) + kept(goldens.fastKind(codePoint)));
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

  private static String kind(CodepointTable table, int codePoint) {
    return "wsa".substring(CodepointTable.kind(table.entry(codePoint))).substring(0, 1);
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

  private static TokenizerSpec spec(boolean lowerCase, TokenizerSpec.Operations operations) {
    return new TokenizerSpec(lowerCase, "[UNK]", "##", 100, 101, 102, 128, operations);
  }
}
