package dev.bertserve.server.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import dev.bertserve.tokenizer.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our ids against Hugging Face's own: every code point, marks side by side, and random texts. */
final class ProvenFormTest {

  private static final int BLOCK = 64;

  /**
   * Every code point is a token, and so is its being inside a word: no two forms have equal ids.
   */
  private static final int PLANES = 2;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ids_everyCodePointAloneAndBetweenLetters_areTheirs(boolean lowerCase) {
    Pair pair = Pair.of(everyCodePoint(), lowerCase, 8 * BLOCK);
    for (int start = 0; start <= Character.MAX_CODE_POINT; start += BLOCK) {
      StringBuilder block = new StringBuilder();
      for (int codePoint = start; codePoint < start + BLOCK; codePoint++) {
        String one = Character.toString(codePoint);
        block.append(one).append(" a").append(one).append("b ");
      }
      pair.assertSame("block " + Integer.toHexString(start), block.toString());
    }
  }

  /** What is not stripped has its marks put in order. */
  @Test
  void ids_marksInEveryOrder_areTheirs() {
    Pair pair = Pair.of(everyCodePoint(), true, 1 << 14);
    List<Integer> marks = keptMarks(pair);
    assertThat(marks).hasSizeGreaterThan(100);
    for (int first : marks) {
      StringBuilder words = new StringBuilder();
      for (int second : marks) {
        words.append('a').appendCodePoint(first).appendCodePoint(second).append("\u0301\u05B0 ");
      }
      pair.assertSame("after " + Integer.toHexString(first), words.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ids_randomTexts_areTheirs(boolean lowerCase) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Pair pair = Pair.of(wordPieces(), lowerCase, 24);
    for (int i = 0; i < 5_000; i++) {
      String first = text(random);
      pair.assertSame("seed " + seed, first);
      pair.assertSame("seed " + seed, first, text(random));
    }
  }

  @Test
  void ids_wordsAboutAsLongAsAllowed_areTheirs() {
    Pair pair = Pair.of(wordPieces(), true, 128);
    for (String letter :
        List.of("a", "\u00E9", "\u4E2D", "\uD83D\uDE00", "\u0B95\u0BCD", "\u302E")) {
      for (int count = 48; count <= 102; count++) {
        pair.assertSame(letter.repeat(count));
        pair.assertSame("z" + letter.repeat(count) + "\u0001\u0301");
      }
    }
  }

  @Test
  void ids_addedTokensInTheText_areTheirs() {
    Pair pair = Pair.of(wordPieces(), true, 16);
    for (String text :
        List.of("[SEP]", "a[MASK]b", "[sep]", "[[CLS]]", "the [UNK] the", "[PA[PAD]D]")) {
      pair.assertSame(text);
      pair.assertSame(text, "a b " + text);
      pair.assertSame("the", text);
    }
  }

  private static List<Integer> keptMarks(Pair pair) {
    List<Integer> marks = new ArrayList<>();
    TokenIds nothing = pair.ours().tokenize("a");
    for (int codePoint = 0x300; codePoint <= 0x1FFFF; codePoint++) {
      int type = Character.getType(codePoint);
      boolean mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
      if (mark && !pair.ours().tokenize("a" + Character.toString(codePoint)).equals(nothing)) {
        marks.add(codePoint);
      }
    }
    return marks;
  }

  private static String text(Random random) {
    List<String> parts =
        List.of(
            "a",
            "b",
            "the",
            "The",
            " ",
            "  ",
            "\t",
            "\n",
            "\u00A0",
            "\u3000",
            "\u0085",
            "\u2028",
            ".",
            "!",
            "##",
            "#",
            "\u0301",
            "\u0327",
            "\u302E",
            "\u0130",
            "\u00DF",
            "\u03A3",
            "\u1E9E",
            "\uAC01",
            "\u4E2D",
            "\uF900",
            "\u200D",
            "\u00AD",
            "\u0000",
            "\uFFFD",
            "\u0001",
            "\u007F",
            "\uD83D\uDE00",
            "\uD83D",
            "\uDE00",
            "\u0B95\u0BCD",
            "\u1D16E",
            "[SEP]",
            "[",
            "]",
            "mask",
            "\uFB01",
            "\uFF21",
            "$",
            "\u20AC",
            "\u2026",
            "ab",
            "aab",
            "abab");
    StringBuilder text = new StringBuilder();
    int count = random.nextInt(40);
    for (int i = 0; i < count; i++) {
      text.append(
          random.nextInt(8) == 0
              ? Character.toString(random.nextInt(0x20000))
              : parts.get(random.nextInt(parts.size())));
    }
    return text.toString();
  }

  private static List<String> wordPieces() {
    Set<String> tokens = new LinkedHashSet<>(BertDefinition.SPECIAL);
    tokens.addAll(
        List.of(
            "a",
            "b",
            "the",
            "##a",
            "##b",
            "##the",
            "ab",
            "##ab",
            "aab",
            "\u4E2D",
            "e",
            "##e",
            "i",
            "##i",
            "s",
            "##s",
            "\u00DF",
            "##\u00DF",
            "\u03C3",
            "##\u03C3",
            ".",
            "!",
            "#",
            "[",
            "]",
            "\u00E9",
            "##\u00E9",
            "\u302E",
            "##\u302E",
            "\uD83D\uDE00",
            "##\uD83D\uDE00",
            "\u1100",
            "##\u1161",
            "$",
            "\u0B95",
            "##\u0B95",
            "##\u0BCD",
            "mask",
            "z",
            "T",
            "##T",
            "The"));
    return List.copyOf(tokens);
  }

  private static List<String> everyCodePoint() {
    Set<String> tokens = new LinkedHashSet<>(BertDefinition.SPECIAL);
    for (int codePoint = 1; codePoint < PLANES << 16; codePoint++) {
      boolean isSurrogate =
          Character.MIN_SURROGATE <= codePoint && codePoint <= Character.MAX_SURROGATE;
      if (Character.isDefined(codePoint)
          && !isSurrogate
          && codePoint != '\n'
          && codePoint != '\r') {
        tokens.add(Character.toString(codePoint));
        tokens.add("##" + Character.toString(codePoint));
      }
    }
    return List.copyOf(tokens);
  }

  /** The two tokenizers of one definition. */
  private record Pair(Tokenizer ours, Tokenizer theirs) {

    static Pair of(List<String> tokens, boolean lowerCase, int length) {
      TokenizerDefinition definition = BertDefinition.of(tokens, lowerCase, length);
      ProvenForm form = new ProvenForm(definition);
      assertThat(form.otherwise()).isEmpty();
      NativeTokenizer theirs = NativeTokenizer.of(definition);
      BertTokenizer ours = new BertTokenizer(Vocabulary.of(definition.wordTokens()), form.spec());
      return new Pair(new FastTokenizer(ours, theirs, form), theirs);
    }

    void assertSame(String text) {
      assertSame("alone", text);
    }

    void assertSame(String as, String... texts) {
      TokenIds expected =
          texts.length == 1 ? theirs.tokenize(texts[0]) : theirs.tokenize(texts[0], texts[1]);
      TokenIds actual =
          texts.length == 1 ? ours.tokenize(texts[0]) : ours.tokenize(texts[0], texts[1]);
      if (!actual.equals(expected)) {
        assertThat(actual).as("%s: %s", as, escaped(texts)).isEqualTo(expected);
      }
    }

    private static String escaped(String... texts) {
      StringBuilder escaped = new StringBuilder();
      String.join(" | ", texts)
          .codePoints()
          .forEach(
              c -> {
                if (c > ' ' && c < 0x7F) {
                  escaped.appendCodePoint(c);
                } else {
                  escaped.append(String.format("{%x}", c));
                }
              });
      return escaped.toString();
    }
  }
}
