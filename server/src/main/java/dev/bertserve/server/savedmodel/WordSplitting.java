package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;

/** The one way of splitting text into words that BERT's preprocessing has. */
final class WordSplitting {

  /** Source: tensorflow_text/python/ops/bert_tokenizer.py, _DELIM_REGEX. */
  private static final String KEPT_DELIMITERS =
      "[!-/]|[:-@]|[\\[-`]|[{-~]|[\\p{P}]|[\\x{4E00}-\\x{9FFF}]|[\\x{3400}-\\x{4DBF}]"
          + "|[\\x{20000}-\\x{2A6DF}]|[\\x{2A700}-\\x{2B73F}]|[\\x{2B740}-\\x{2B81F}]"
          + "|[\\x{2B820}-\\x{2CEAF}]|[\\x{F900}-\\x{FAFF}]|[\\x{2F800}-\\x{2FA1F}]";

  private WordSplitting() {}

  /** Refuses a split at other delimiters; {@code split} is a RegexSplitWithOffsets. */
  static void check(GraphNode split) {
    expect(split, Constants.string(split.input(1)), "(\\s+|" + KEPT_DELIMITERS + ")");
    expect(split, Constants.string(split.input(2)), "(" + KEPT_DELIMITERS + ")");
  }

  private static void expect(GraphNode split, String found, String expected) {
    if (!found.equals(expected)) {
      throw TokenizerReader.unknown(split, "pattern " + found, expected);
    }
  }
}
