package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;

/** Tensors that hold something for each token, as recognised ops give them. */
final class TokenTensor {

  private TokenTensor() {}

  /** Whether {@code tensor} holds something for each token, or for the first one. */
  static boolean is(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case Ops.LAYER_NORM, Ops.GELU, Ops.DENSE, Ops.ATTENTION, Ops.FIRST_TOKEN, Ops.JOIN -> true;
      case "AddV2" -> is(node.input(0)) && is(node.input(1));
      default -> false;
    };
  }

  /** Whether a token's answer needs, of input {@code index}, that token alone. */
  static boolean isTokenwise(GraphNode node, int index) {
    return switch (node.op()) {
      case Ops.LAYER_NORM, Ops.GELU, Ops.DENSE, Ops.ATTENTION -> index == 0;
      case "AddV2" -> is(node.output());
      default -> false;
    };
  }

  /** Whether a token tensor holds the first token alone. */
  static boolean isFirstOnly(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return node.is(Ops.FIRST_TOKEN) || (is(tensor) && isFirstOnly(node.input(0)));
  }

  /** Values of a token tensor for one token. */
  static int width(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case Ops.LAYER_NORM -> Math.toIntExact(LoweredWeights.of(node.input(1)).shape().get(0));
      case Ops.DENSE -> Math.toIntExact(LoweredWeights.of(node.input(1)).shape().get(1));
      default -> width(node.input(0));
    };
  }

  /** Heads that a token's values are split over; 0 where they are not. */
  static int heads(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return node.is(Ops.DENSE) || node.is(Ops.ATTENTION)
        ? Math.toIntExact(node.attribute(Ops.HEADS).getI())
        : 0;
  }

  /** Whether only its reader can tell how wide {@code node} is. */
  static boolean isOfReadersWidth(GraphNode node) {
    return node.is(Ops.FIRST_TOKEN) && !is(node.input(0));
  }
}
