package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;

/** Properties of token tensors: outputs of recognised ops that hold values for each token. */
final class TokenTensor {

  private TokenTensor() {}

  /** Whether {@code tensor} holds values for each token, or for the first one only. */
  static boolean is(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case Ops.LAYER_NORM, Ops.GELU, Ops.DENSE, Ops.ATTENTION, Ops.FIRST_TOKEN, Ops.JOIN -> true;
      case "AddV2" -> is(node.input(0)) && is(node.input(1));
      default -> false;
    };
  }

  /** Whether the output for a token depends only on that token of input {@code index}. */
  static boolean isTokenwise(GraphNode node, int index) {
    return switch (node.op()) {
      case Ops.LAYER_NORM, Ops.GELU, Ops.DENSE, Ops.ATTENTION -> index == 0;
      case "AddV2" -> is(node.output());
      default -> false;
    };
  }

  /** Whether a token tensor holds the first token only. */
  static boolean isFirstOnly(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return node.is(Ops.FIRST_TOKEN) || (is(tensor) && isFirstOnly(node.input(0)));
  }

  /** The number of values for one token. */
  static int width(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case Ops.LAYER_NORM -> Math.toIntExact(LoweredWeights.of(node.input(1)).shape().get(0));
      case Ops.DENSE -> Math.toIntExact(LoweredWeights.of(node.input(1)).shape().get(1));
      default -> width(node.input(0));
    };
  }

  /** The number of heads that a token's values are split over; 0 if they are not split. */
  static int heads(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return node.is(Ops.DENSE) || node.is(Ops.ATTENTION)
        ? Math.toIntExact(node.attribute(Ops.HEADS).getI())
        : 0;
  }

  /** Whether the width of {@code node} is unknown, except to its reader. */
  static boolean isWidthUnknown(GraphNode node) {
    return node.is(Ops.FIRST_TOKEN) && !is(node.input(0));
  }
}
