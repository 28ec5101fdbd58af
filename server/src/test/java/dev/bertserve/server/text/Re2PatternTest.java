package dev.bertserve.server.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where RE2/J alone would differ from RE2; texts and results hold a byte a character. */
final class Re2PatternTest {

  @Test
  void replace_startOfLineAfterNonAscii_isNone() {
    assertThat(replaced("(?m)^", "-", "\u00c3\u00a9a\n\u00c3\u00a9"))
        .isEqualTo("-\u00c3\u00a9a\n-\u00c3\u00a9");
  }

  @Test
  void replace_strayBytes_matchNothingAndStay() {
    assertThat(replaced("(?s).", "x", "a\u00e2\u0082b\u00ff")).isEqualTo("x\u00e2\u0082x\u00ff");
    assertThat(replaced("[^a]", "x", "a\u00e2\u0082b\u00ff")).isEqualTo("a\u00e2\u0082x\u00ff");
    assertThat(replaced("$", "x", "\u00ff")).isEqualTo("\u00ffx");
  }

  @Test
  void replace_strayByteBesideTheMarker_keepsBoth() {
    String marker = "\u00ef\u00bf\u00be";
    assertThat(replaced(".", "x", marker + "\u00ff" + marker)).isEqualTo("x\u00ffx");
  }

  /** Each of the candidates for the marker is in the text. */
  @Test
  void replace_strayByteBesideAllMarkers_isLinear() {
    StringBuilder text = new StringBuilder("\uFFFE");
    for (int codePoint = 0x10FFFF; codePoint > 0x50000; codePoint--) {
      text.appendCodePoint(codePoint);
    }
    byte[] valid = text.toString().getBytes(UTF_8);
    byte[] stray = Arrays.copyOf(valid, valid.length + 1);
    stray[stray.length - 1] = (byte) 0xFF;
    assertThat(new Re2Pattern("x").replace(stray, new Rewrite(bytes("y")), true)).isEqualTo(stray);
  }

  @Test
  void replace_unpairedSurrogate_isACodePoint() {
    assertThat(replaced(".", "x", "\u00ed\u00a0\u0080")).isEqualTo("x");
    assertThat(replaced("\\p{Cs}", "x", "\u00ed\u00a0\u0080a")).isEqualTo("xa");
  }

  @Test
  void replace_groupThatIsMissing_leavesTheText() {
    assertThat(replaced("(b)", "<\\2>", "abc")).isEqualTo("abc");
  }

  @Test
  void replace_emptyMatches_followRe2() {
    assertThat(replaced("x*", "-", "abxc")).isEqualTo("-a-b-c-");
    assertThat(replaced("(|a)+", "<\\1>", "aba")).isEqualTo("<>a<>b<>a<>");
  }

  @Test
  void replace_first_leavesTheRest() {
    Re2Pattern pattern = new Re2Pattern("a");
    byte[] once = pattern.replace(bytes("aXa"), new Rewrite(bytes("b")), false);
    assertThat(new String(once, ISO_8859_1)).isEqualTo("bXa");
  }

  @Test
  void matches_classesOfNewerUnicode_areKnown() {
    // U+10570 came with Unicode 14
    assertThat(new Re2Pattern("\\p{Lu}").matches(bytes("\u00f0\u0090\u0095\u00b0"))).isTrue();
    assertThat(new Re2Pattern("(?i)\\x{10570}").matches(bytes("\u00f0\u0090\u0096\u0097")))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\\Ba", "\\C", "\\p{Cn}", "a(?=b)", "\\8", "(", "[[:none:]]", "\\x{D800}"})
  void compile_patternNotExact_isRefused(String pattern) {
    assertThatThrownBy(() -> new Re2Pattern(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pattern");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "\\q", "a\\"})
  void rewrite_otherEscape_isRefused(String rewrite) {
    assertThatThrownBy(() -> new Rewrite(bytes(rewrite)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: ");
  }

  private static String replaced(String pattern, String rewrite, String text) {
    byte[] replaced =
        new Re2Pattern(pattern).replace(bytes(text), new Rewrite(bytes(rewrite)), true);
    return new String(replaced, ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
