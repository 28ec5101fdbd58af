package dev.bertserve.server.tensorflow.prepare;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.UnsupportedModelException;
import dev.bertserve.server.tensorflow.graph.Weight;
import java.io.IOException;

/** Whether a model's vocabulary is the one that its embedding table was made for. */
final class VocabularyCheck {

  private VocabularyCheck() {}

  /** Refuses a vocabulary that cannot be read, or that has not one token for each row. */
  static void check(TokenSource source, FlatGraph graph) throws IOException {
    int tokens;
    try {
      tokens = source.load().vocabularySize();
    } catch (IllegalArgumentException e) {
      throw new UnsupportedModelException(
          "vocabulary " + source.place() + ": " + e.getMessage(), e);
    }
    for (GraphNode node : graph.nodes()) {
      Weight table = node.is("GatherV2") ? node.input(0).node().weight() : null;
      if (table != null && isOfWordIds(node.input(1).node()) && table.shape().get(0) != tokens) {
        throw new UnsupportedModelException(
            "vocabulary "
                + source.place()
                + ": "
                + tokens
                + " tokens (expected: "
                + table.shape().get(0)
                + ", the rows of the embedding table)");
      }
    }
  }

  private static boolean isOfWordIds(GraphNode ids) {
    GraphNode node = ids;
    while (node.is("Reshape") || node.is("Cast")) {
      node = node.input(0).node();
    }
    return node.is("Placeholder") && node.name().equals(TokenInput.WORD_IDS.tensorName());
  }
}
