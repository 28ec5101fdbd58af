package dev.bertserve.server.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Texts of KerasHub's patterns are in TextModelsTest; words hold a byte a character. */
final class PatternSplitTest {

  @Test
  void words_matchesAndWhatIsBetweenThem_inOrder() {
    assertThat(words("a1b22", splitAt("[0-9]"))).containsExactly("a", "1", "b", "2", "2");
    assertThat(words("", splitAt("[0-9]"))).isEmpty();
    assertThat(words("ab", splitAt("[0-9]"))).containsExactly("ab");
  }

  @Test
  void words_severalSteps_eachOfThePartsBefore() {
    assertThat(words("a1b", splitAt("[0-9]"), replace("b|1", "b1"), splitAt("1")))
        .containsExactly("a", "b", "1", "b", "1");
  }

  @Test
  void words_droppedPart_isNone() {
    assertThat(words("a-b", splitAt("-"))).containsExactly("a", "-", "b");
    assertThat(new PatternSplit(List.of(splitAt("-")), "-").words("a-b")).hasSize(2);
  }

  @Test
  void words_textWithNul_endsThere() {
    assertThat(words("a1\u0000b1", splitAt("1"))).containsExactly("a", "1");
  }

  @Test
  void words_surrogateThatIsNoCodePointOfRe2_isOfThreeBytes() {
    assertThat(words("a\uD8001\u00e9", splitAt("1|\u00c3\u00a9")))
        .containsExactly("a\u00ed\u00a0\u0080", "1", "\u00c3\u00a9");
  }

  private static List<String> words(String text, PatternSplit.Step... steps) {
    return new PatternSplit(List.of(steps), "")
        .words(text)
        .map(word -> new String(word, ISO_8859_1))
        .toList();
  }

  private static PatternSplit.Step splitAt(String pattern) {
    return new PatternSplit.Step(pattern, Optional.empty());
  }

  private static PatternSplit.Step replace(String pattern, String rewrite) {
    return new PatternSplit.Step(pattern, Optional.of(rewrite));
  }
}
