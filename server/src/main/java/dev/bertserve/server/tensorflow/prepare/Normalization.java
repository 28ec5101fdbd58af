package dev.bertserve.server.tensorflow.prepare;

import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What happens to a text before it is split into words.
 *
 * @param text the placeholder that the text comes in by
 * @param lowerCase whether it is case folded and stripped of marks
 */
record Normalization(GraphNode text, boolean lowerCase) {

  private static final List<String> CASED = List.of("replace \\p{Cc}|\\p{Cf} by ' '");
  private static final List<String> UNCASED =
      List.of(
          "fold case", "normalize NFD", "replace \\p{Mn} by ''", "replace \\p{Cc}|\\p{Cf} by ' '");

  /** Walks back from the split to the text. */
  static Normalization read(NodeOutput normalized) {
    List<String> steps = new ArrayList<>();
    GraphNode node = normalized.node();
    while (!node.is("Placeholder")) {
      switch (node.op()) {
        case "Reshape" -> {}
        case "CaseFoldUTF8" -> steps.add("fold case");
        case "NormalizeUTF8" -> steps.add("normalize " + text(node, "normalization_form"));
        case "StaticRegexReplace" ->
            steps.add("replace " + text(node, "pattern") + " by '" + text(node, "rewrite") + "'");
        default ->
            throw TokenizerReader.unknown(node, node.op(), "an op of BERT's text normalization");
      }
      node = node.input(0).node();
    }
    Collections.reverse(steps);
    if (!steps.equals(CASED) && !steps.equals(UNCASED)) {
      throw TokenizerReader.unknown(
          normalized.node(), "normalization " + steps, CASED + " or " + UNCASED);
    }
    return new Normalization(node, steps.equals(UNCASED));
  }

  private static String text(GraphNode node, String attribute) {
    return node.attribute(attribute).getS().toStringUtf8();
  }
}
