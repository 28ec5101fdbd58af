package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import java.util.List;

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
    NodeOutput ones = node(sum, "/ones", "OnesLike", positions).output();
    NodeOutput places = exclusive(sum, "/places", ones, axis);
    NodeOutput firsts = node(sum, "/firsts", "Sub", places, positions).output();
    GraphNode beforeRow = node(sum, "/before_row", "GatherV2", before, firsts, axis);
    beforeRow.attributes().put("batch_dims", Match.number(1));
    NodeOutput whole = node(sum, "/whole", "AddV2", before, sum.input(0)).output();
    return Match.node("Sub", sum, whole, beforeRow.output());
  }

  private static NodeOutput exclusive(
      GraphNode sum, String suffix, NodeOutput summed, NodeOutput axis) {
    GraphNode before = node(sum, suffix, RUNNING_SUM, summed, axis);
    before.attributes().put("exclusive", Match.flag(true));
    return before.output();
  }

  private static GraphNode node(GraphNode sum, String suffix, String op, NodeOutput... inputs) {
    GraphNode node = new GraphNode(sum.name() + suffix, op);
    node.inputs().addAll(List.of(inputs));
    return node;
  }
}
