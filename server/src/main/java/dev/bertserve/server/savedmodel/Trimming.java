package dev.bertserve.server.savedmodel;

import static dev.bertserve.server.savedmodel.TokenizerReader.through;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import org.jspecify.annotations.Nullable;

/**
 * How the ids of a text are cut to the length of a row.
 *
 * @param ids those of all texts, before that
 * @param splits where the ids of each text begin and end; null if a packer has cut them
 * @param mostTokens how many ids all texts of a row keep
 */
record Trimming(NodeOutput ids, @Nullable NodeOutput splits, int mostTokens) {

  /** Reads the trimming of the text at {@code place} among {@code segments}. */
  static Trimming read(NodeOutput part, int place, int segments) {
    NodeOutput trimmed = through(part);
    FirstValues first = segments == 1 ? FirstValues.of(trimmed.node()) : null;
    if (first != null) {
      return new Trimming(
          through(first.values()), through(first.splits()), Math.toIntExact(first.most()));
    }
    GraphNode trim = trimmed.node();
    TokenizerReader.expectOp(trim, "TFText>RoundRobinTrim");
    TokenizerReader.expect(trim, "segment", trimmed.index(), place);
    return new Trimming(
        through(trim.input(1 + place)), null, Math.toIntExact(Constants.integer(trim.input(0))));
  }

  /** Requires that {@code tokenize} gave the ids, of texts or, if {@code ofWords}, of words. */
  void requireRowsOf(GraphNode tokenize, boolean ofWords) {
    if (splits == null) {
      return;
    }
    GraphNode rows = splits.node();
    boolean merged = rows.is("GatherV2") && through(rows.input(0)).node() == tokenize;
    if (ofWords ? !merged : rows != tokenize) {
      throw TokenizerReader.unknown(
          rows, "the first ids of something else than a text", "the first ids of each text");
    }
  }
}
