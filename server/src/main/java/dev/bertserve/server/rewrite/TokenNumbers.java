package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;

/**
 * Integers of [rows, length] by which an embedding table is read: ids, or positions that a graph
 * counts itself, as RoBERTa's, which skip padding.
 */
final class TokenNumbers {

  private static final String RUNNING_SUM = "Cumsum";

  private TokenNumbers() {}

  /**
   * Whether {@code numbers} of a token depend on nothing but the ids of its row up to that token.
   */
  static boolean are(NodeOutput numbers) {
    GraphNode node = numbers.node();
    return switch (node.op()) {
      case "Placeholder" -> !RowInputs.is(node);
      case RUNNING_SUM -> isRunningSum(node);
      case "Add", "AddV2", "Mul", "NotEqual" -> node.inputs().stream().allMatch(TokenNumbers::are);
      case "Cast" -> are(node.input(0));
      default -> !Float.isNaN(Match.uniform(numbers));
    };
  }

  /** Whether {@code node} sums such numbers along the row. */
  static boolean isRunningSum(GraphNode node) {
    return node.is(RUNNING_SUM)
        && are(node.input(0))
        && TensorShapes.axis(node.input(1), 2) == 1
        && !node.flag("exclusive")
        && !node.flag("reverse");
  }

  /**
   * A running sum of packed rows: what {@code sum} has before a row is taken off.
   *
   * @param positions of each token in its row
   */
  static GraphNode withinRows(GraphNode sum, NodeOutput positions) {
    NodeOutput axis = sum.input(1);
    NodeOutput before = exclusive(sum, "/before", sum.input(0), axis);
    NodeOutput ones = Match.node("OnesLike", sum.name() + "/ones", positions).output();
    NodeOutput places = exclusive(sum, "/places", ones, axis);
    NodeOutput firsts = Match.node("Sub", sum.name() + "/firsts", places, positions).output();
    GraphNode beforeRow = Match.node("GatherV2", sum.name() + "/before_row", before, firsts, axis);
    beforeRow.attributes().put("batch_dims", Match.number(1));
    NodeOutput whole = Match.node("AddV2", sum.name() + "/whole", before, sum.input(0)).output();
    return Match.node("Sub", sum, whole, beforeRow.output());
  }

  private static NodeOutput exclusive(
      GraphNode sum, String suffix, NodeOutput summed, NodeOutput axis) {
    GraphNode before = Match.node(RUNNING_SUM, sum.name() + suffix, summed, axis);
    before.attributes().put("exclusive", Match.flag(true));
    return before.output();
  }
}
