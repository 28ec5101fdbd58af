package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.List;

/**
 * What the tokenizer does to a text before it is split.
 *
 * @param text the text before that
 * @param lowerCase whether it is case folded and stripped of marks
 */
record Normalization(NodeOutput text, boolean lowerCase) {

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

  /**
   * Walks back from the split over what {@code family} does; earlier steps are the text's own.
   * Refuses a text whose last steps are not the family's.
   */
  static Normalization read(NodeOutput normalized, Family family) {
    List<String> steps = new ArrayList<>();
    List<NodeOutput> texts = new ArrayList<>(List.of(normalized));
    NodeOutput text = normalized;
    while (isStep(text.node())) {
      GraphNode node = text.node();
      text = node.input(0);
      String step = step(node);
      if (!step.isEmpty()) {
        steps.add(0, step);
        texts.add(text);
      }
    }
    for (boolean lowerCase : new boolean[] {true, false}) {
      String expected = lowerCase ? family.uncased : family.cased;
      for (int count = 0; count <= steps.size(); count++) {
        List<String> last = steps.subList(steps.size() - count, steps.size());
        if (String.join(", ", last).equals(expected)) {
          return new Normalization(texts.get(count), lowerCase);
        }
      }
    }
    throw TextRefusal.of(
        normalized.node(),
        "normalization '" + String.join(", ", steps) + "'",
        "'" + family.cased + "' or '" + family.uncased + "'");
  }

  private static boolean isStep(GraphNode node) {
    return switch (node.op()) {
      case "Reshape", "Squeeze", "ExpandDims", "CaseFoldUTF8", "NormalizeUTF8" -> true;
      case "StaticRegexReplace" -> true;
      default -> false;
    };
  }

  /** In words; empty if the text stays as it is. */
  private static String step(GraphNode node) {
    return switch (node.op()) {
      case "CaseFoldUTF8" -> "fold case";
      case "NormalizeUTF8" -> "normalize " + text(node, "normalization_form");
      case "StaticRegexReplace" ->
          "replace " + text(node, "pattern") + " by '" + text(node, "rewrite") + "'";
      default -> "";
    };
  }

  private static String text(GraphNode node, String attribute) {
    return node.attribute(attribute).getS().toStringUtf8();
  }
}
