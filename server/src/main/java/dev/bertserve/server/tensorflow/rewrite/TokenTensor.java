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
      case Ops.LAYER_NORM, Ops.GELU, Ops.DENSE, Ops.ATTENTION, Ops.FIRST_TOKEN -> true;
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

  /** Whether only its reader can tell how wide {@code node} is. */
  static boolean isOfReadersWidth(GraphNode node) {
    return node.is(Ops.FIRST_TOKEN) && !is(node.input(0));
  }
}
