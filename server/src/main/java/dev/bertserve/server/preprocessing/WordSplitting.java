package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.tokenizer.TokenizerSpec;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The ways of splitting text into words that BERT's preprocessing has. */
final class WordSplitting {

  private static final String IDEOGRAPHS =
      "[\\x{4E00}-\\x{9FFF}]|[\\x{3400}-\\x{4DBF}]|[\\x{20000}-\\x{2A6DF}]"
          + "|[\\x{2A700}-\\x{2B73F}]|[\\x{2B740}-\\x{2B81F}]|[\\x{2B820}-\\x{2CEAF}]"
          + "|[\\x{F900}-\\x{FAFF}]|[\\x{2F800}-\\x{2FA1F}]";

  /** Source: tensorflow_text/python/ops/bert_tokenizer.py, _DELIM_REGEX; KerasHub has the same. */
  private static final String KEPT_DELIMITERS = "[!-/]|[:-@]|[\\[-`]|[{-~]|[\\p{P}]|" + IDEOGRAPHS;

  private static final String SPACES = "\\s|\\p{Cc}|\\p{Cf}";

  /** What KerasHub puts for a word that is not to be folded; it has no case. */
  private static final String SIGN = "\u096C";

  private WordSplitting() {}

  /** Refuses a split at other delimiters; {@code split} is a RegexSplitWithOffsets. */
  static void check(GraphNode split) {
    expect(split, Constants.string(split.input(1)), "(\\s+|" + KEPT_DELIMITERS + ")");
    expect(split, Constants.string(split.input(2)), "(" + KEPT_DELIMITERS + ")");
  }

  /**
   * The text that a split and a case folding of its words make words of, which {@code tokenize}
   * cuts into pieces. Source: keras_hub/src/tokenizers/word_piece_tokenizer.py, 0.19 to 0.32.
   */
  static TokenizerReader.Splitting read(GraphNode tokenize) {
    NodeOutput words = Shaping.through(tokenize.input(0));
    if (isAtSpaces(words.node())) {
      return atSpaces(words.node());
    }
    GraphNode choice = words.node();
    boolean foldsSome = choice.is("SelectV2");
    if (foldsSome) {
      words = sameWords(choice.input(2));
    }
    boolean lowerCase = words.node().is("CaseFoldUTF8");
    if (lowerCase) {
      words = Shaping.through(words.node().input(0));
    }
    GraphNode split = words.node();
    Expected.op(split, "RegexSplitWithOffsets");
    String whole = wholeWords(split);
    if (foldsSome != (lowerCase && !whole.isEmpty())
        || (foldsSome && !keeps(choice, words, whole))) {
      throw TextRefusal.of(choice, choice.op(), "words that are folded but " + whole);
    }
    return new TokenizerReader.Splitting(
        whole.isEmpty() ? spaced(split.input(0)) : split.input(0),
        lowerCase,
        TokenizerSpec.Operations.WORDS,
        WholeWords.of(whole, split));
  }

  /** Whether {@code split} is WhitespaceTokenizer's op. */
  static boolean isAtSpaces(GraphNode split) {
    return split.is("TFText>WhitespaceTokenizeWithOffsetsV2");
  }

  /** What such an op does; refuses other characters than those of Unicode's White_Space. */
  static TokenizerReader.Splitting atSpaces(GraphNode split) {
    byte[] bits = Constants.strings(split.input(1)).get(0).toByteArray();
    int[] spaces = BitSet.valueOf(bits).stream().toArray();
    String known = TokenizerSpec.WHITE_SPACE;
    if (!Arrays.equals(spaces, known.chars().toArray())) {
      throw TextRefusal.of(
          split, spaces.length + " characters", "the " + known.length() + " of White_Space");
    }
    return new TokenizerReader.Splitting(
        split.input(0), false, TokenizerSpec.Operations.SPACES, List.of());
  }

  /** The words, or ids, before a choice among them gave each text's a row of its own. */
  static NodeOutput sameWords(NodeOutput words) {
    NodeOutput same = Shaping.through(words);
    while (same.node().is("BroadcastTo") || same.node().is("GatherV2")) {
      same = Shaping.through(same.node().input(0));
    }
    return same;
  }

  /** The pattern of words that are found before others; empty if there are none. */
  private static String wholeWords(GraphNode split) {
    String delimiters = Constants.string(split.input(1));
    String usual = SPACES + "|" + KEPT_DELIMITERS + ")";
    String whole =
        delimiters.startsWith("(") && delimiters.endsWith("|" + usual)
            ? delimiters.substring(1, delimiters.length() - usual.length() - 1)
            : "";
    String first = whole.isEmpty() ? "(" : "(" + whole + "|";
    expect(split, delimiters, first + usual);
    expect(split, Constants.string(split.input(2)), first + KEPT_DELIMITERS + ")");
    return whole;
  }

  /** Whether {@code choice} takes {@code words} as they are where they match {@code whole}. */
  private static boolean keeps(GraphNode choice, NodeOutput words, String whole) {
    GraphNode equal = sameWords(choice.input(0)).node();
    if (!equal.is("Equal") || !sameWords(choice.input(1)).equals(words)) {
      return false;
    }
    GraphNode replaced = equal.input(0).node();
    return replaced.is("StaticRegexReplace")
        && Shaping.through(replaced.input(0)).equals(words)
        && replaced.attribute("pattern").getS().toStringUtf8().equals(whole)
        && replaced.attribute("rewrite").getS().toStringUtf8().equals(SIGN)
        && Constants.string(equal.input(1)).equals(SIGN);
  }

  /** The text before spaces were put around ideographs, which are split all the same. */
  private static NodeOutput spaced(NodeOutput text) {
    GraphNode node = Shaping.through(text).node();
    boolean spaces =
        node.is("StaticRegexReplace")
            && node.attribute("pattern").getS().toStringUtf8().equals(IDEOGRAPHS)
            && node.attribute("rewrite").getS().toStringUtf8().equals(" \\0 ");
    return spaces ? node.input(0) : text;
  }

  private static void expect(GraphNode split, String found, String expected) {
    if (!found.equals(expected)) {
      throw TextRefusal.of(split, "pattern " + found, expected);
    }
  }
}
