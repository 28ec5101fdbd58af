package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.rewrite.RowPacking;
import dev.bertserve.server.text.TextProgram;
import java.util.Arrays;
import java.util.stream.IntStream;
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

  /** Loads the tokens; refuses some that {@code graph} was not made for. */
  public static TokenizerFacts load(TextProgram program, TokenSource source, FlatGraph graph) {
    return new TokenizerFacts(program, source, VocabularyCheck.load(source, graph));
  }

  /**
   * How rows of {@code graph} may be packed. Each needs a token that the graph does not take for
   * padding.
   */
  public RowPacking packing(FlatGraph graph) {
    boolean byMask = TokenInput.readBy(graph).contains(TokenInput.MASK);
    int padding = TokenInput.paddingId(graph);
    if (ids("").allMatch(id -> !byMask && id == padding)) {
      return RowPacking.NONE;
    }
    return textsGive(padding) ? RowPacking.OF_MASKED_TOKENS : RowPacking.OF_TOKENS;
  }

  private boolean textsGive(int paddingId) {
    String padding = loaded.token().apply(paddingId);
    // Words never give a token in brackets, unless the tokenizer looks for it in texts.
    return !padding.matches("<.+>|\\[.+]")
        || Stream.of(padding, UNKNOWN_WORD).flatMapToInt(this::ids).anyMatch(id -> id == paddingId);
  }

  private IntStream ids(String text) {
    return Arrays.stream(loaded.tokenizer().tokenize(text).toArray());
  }
}
