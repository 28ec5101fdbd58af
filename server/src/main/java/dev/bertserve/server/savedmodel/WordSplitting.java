package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.tokenizer.TokenizerSpec;

/** The two ways of splitting text into words that BERT's preprocessing has. */
final class WordSplitting {

  private static final String IDEOGRAPHS =
      "[\\x{4E00}-\\x{9FFF}]|[\\x{3400}-\\x{4DBF}]|[\\x{20000}-\\x{2A6DF}]"
          + "|[\\x{2A700}-\\x{2B73F}]|[\\x{2B740}-\\x{2B81F}]|[\\x{2B820}-\\x{2CEAF}]"
          + "|[\\x{F900}-\\x{FAFF}]|[\\x{2F800}-\\x{2FA1F}]";

  /** Source: tensorflow_text/python/ops/bert_tokenizer.py, _DELIM_REGEX; KerasHub has the same. */
  private static final String KEPT_DELIMITERS = "[!-/]|[:-@]|[\\[-`]|[{-~]|[\\p{P}]|" + IDEOGRAPHS;

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
    GraphNode split = TokenizerReader.through(tokenize.input(0)).node();
    boolean lowerCase = split.is("CaseFoldUTF8");
    if (lowerCase) {
      split = TokenizerReader.through(split.input(0)).node();
    }
    TokenizerReader.expectOp(split, "RegexSplitWithOffsets");
    expect(
        split, Constants.string(split.input(1)), "(\\s|\\p{Cc}|\\p{Cf}|" + KEPT_DELIMITERS + ")");
    expect(split, Constants.string(split.input(2)), "(" + KEPT_DELIMITERS + ")");
    return new TokenizerReader.Splitting(
        spaced(split.input(0)), lowerCase, TokenizerSpec.Operations.WORDS);
  }

  /** The text before spaces were put around ideographs, which are split all the same. */
  private static NodeOutput spaced(NodeOutput text) {
    GraphNode node = TokenizerReader.through(text).node();
    boolean spaces =
        node.is("StaticRegexReplace")
            && node.attribute("pattern").getS().toStringUtf8().equals(IDEOGRAPHS)
            && node.attribute("rewrite").getS().toStringUtf8().equals(" \\0 ");
    return spaces ? node.input(0) : text;
  }

  private static void expect(GraphNode split, String found, String expected) {
    if (!found.equals(expected)) {
      throw TokenizerReader.unknown(split, "pattern " + found, expected);
    }
  }
}
