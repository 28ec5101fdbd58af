package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What happens to a text before it is split.
 *
 * @param text the placeholder that the text comes in by
 * @param lowerCase whether it is case folded and stripped of marks
 */
record Normalization(GraphNode text, boolean lowerCase) {

  private static final String CONTROLS_TO_SPACE = "replace \\p{Cc}|\\p{Cf} by ' '";

  /** A family's two ways, each in words. */
  enum Family {
    WORDPIECE(
        CONTROLS_TO_SPACE, "fold case, normalize NFD, replace \\p{Mn} by '', " + CONTROLS_TO_SPACE),
    SENTENCEPIECE("", "normalize NFD, replace \\p{Mn} by '', fold case");

    private final String cased;
    private final String uncased;

    Family(String cased, String uncased) {
      this.cased = cased;
      this.uncased = uncased;
    }
  }

  /** Walks back from the split to the text; refuses steps that {@code family} does not have. */
  static Normalization read(NodeOutput normalized, Family family) {
    List<String> backwards = new ArrayList<>();
    GraphNode node = normalized.node();
    while (!node.is("Placeholder")) {
      switch (node.op()) {
        case "Reshape", "Squeeze", "ExpandDims" -> {}
        case "CaseFoldUTF8" -> backwards.add("fold case");
        case "NormalizeUTF8" -> backwards.add("normalize " + text(node, "normalization_form"));
        case "StaticRegexReplace" ->
            backwards.add(
                "replace " + text(node, "pattern") + " by '" + text(node, "rewrite") + "'");
        default ->
            throw TokenizerReader.unknown(node, node.op(), "an op of BERT's text normalization");
      }
      node = node.input(0).node();
    }
    Collections.reverse(backwards);
    String steps = String.join(", ", backwards);
    if (!steps.equals(family.cased) && !steps.equals(family.uncased)) {
      throw TokenizerReader.unknown(
          normalized.node(),
          "normalization '" + steps + "'",
          "'" + family.cased + "' or '" + family.uncased + "'");
    }
    return new Normalization(node, steps.equals(family.uncased));
  }

  private static String text(GraphNode node, String attribute) {
    return node.attribute(attribute).getS().toStringUtf8();
  }
}
