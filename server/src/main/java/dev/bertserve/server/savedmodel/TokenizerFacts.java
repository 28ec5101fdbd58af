package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.text.TextProgram;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * How a model makes ids of text.
 *
 * @param program what is done to texts before
 * @param source every choice
 * @param loaded made of the source
 */
public record TokenizerFacts(TextProgram program, TokenSource source, LoadedTokenizer loaded) {

  /** No vocabulary spells it: a character of each of four scripts. */
  private static final String UNKNOWN_WORD = "\u16A0\u2C00\uD808\uDC00\uD80C\uDC00";

  /**
   * Whether {@code graph} always tells a row's tokens from its padding. It does not if a row may
   * have no token, or if it takes tokens with the id of padding for padding.
   */
  boolean tellsPadding(FlatGraph graph) {
    return loaded.tokenizer().tokenize("").length() > 0
        && (TokenInput.readBy(graph).contains(TokenInput.MASK)
            || !textsGive(TokenInput.paddingId(graph)));
  }

  private boolean textsGive(int paddingId) {
    String padding = loaded.token().apply(paddingId);
    // Words never give a token in brackets, unless the tokenizer looks for it in texts.
    return !padding.matches("<.+>|\\[.+]")
        || Stream.of(padding, UNKNOWN_WORD)
            .flatMapToInt(text -> Arrays.stream(loaded.tokenizer().tokenize(text).toArray()))
            .anyMatch(id -> id == paddingId);
  }
}
