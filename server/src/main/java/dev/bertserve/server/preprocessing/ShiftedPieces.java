package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.tokenizer.PieceIds;

/**
 * Ids of pieces that are not those of their SentencePiece model, as XLM-RoBERTa's.
 *
 * @param tokenize gives the ids of the model
 * @param ids what they become
 */
record ShiftedPieces(GraphNode tokenize, PieceIds ids) {

  /**
   * Reads {@code where(tokens == a, b, tokens) + c}, whose last op is {@code sum}. Source:
   * keras_hub/src/models/xlm_roberta/xlm_roberta_tokenizer.py, 0.19 to 0.32.
   */
  static ShiftedPieces read(GraphNode sum) {
    GraphNode choice = WordSplitting.sameWords(sum.input(0)).node();
    Expected.op(choice, "SelectV2");
    NodeOutput tokens = WordSplitting.sameWords(choice.input(2));
    Expected.op(tokens.node(), "SentencepieceTokenizeOp");
    GraphNode equal = WordSplitting.sameWords(choice.input(0)).node();
    Expected.op(equal, "Equal");
    if (!Shaping.through(equal.input(0)).equals(tokens)) {
      throw TextRefusal.of(equal, "a choice by something else", "by the ids themselves");
    }
    return new ShiftedPieces(
        tokens.node(),
        new PieceIds(
            integer(equal.input(1)),
            integer(WordSplitting.sameWords(choice.input(1))),
            integer(sum.input(1))));
  }

  private static int integer(NodeOutput constant) {
    return Math.toIntExact(Constants.integer(constant));
  }
}
