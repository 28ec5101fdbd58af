package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;

/** Whether a model's vocabulary is the one that its embedding table was made for. */
final class VocabularyCheck {

  private VocabularyCheck() {}

  /** Loads a vocabulary; refuses one that cannot be read or has not one token for each row. */
  static LoadedTokenizer load(TokenSource source, FlatGraph graph) {
    LoadedTokenizer loaded;
    try {
      loaded = source.load();
    } catch (IllegalArgumentException e) {
      throw new UnsupportedModelException(
          "vocabulary " + source.place() + ": " + e.getMessage(), e);
    }
    int tokens = loaded.vocabularySize();
    for (GraphNode node : graph.nodes()) {
      Weight table = node.is("GatherV2") ? node.input(0).node().weight() : null;
      if (table == null || !isOfWordIds(node.input(1))) {
        continue;
      }
      long rows = table.shape().get(0);
      if (loaded.isWhole() ? tokens != rows : tokens > rows) {
        throw new UnsupportedModelException(
            "vocabulary "
                + source.place()
                + ": "
                + tokens
                + " tokens (expected: "
                + (loaded.isWhole() ? "" : "at most ")
                + rows
                + ", the rows of the embedding table)");
      }
    }
    return loaded;
  }

  private static boolean isOfWordIds(NodeOutput ids) {
    GraphNode node = TokenInput.source(ids);
    return node.is("Placeholder") && node.name().equals(TokenInput.WORD_IDS.tensorName());
  }
}
