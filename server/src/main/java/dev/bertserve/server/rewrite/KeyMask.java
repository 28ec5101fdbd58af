package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import org.tensorflow.proto.DataType;

/**
 * A tensor whose values depend on nothing but whether a key is a token or padding, in any spelling.
 *
 * @param mask the int32 tensor of [rows, length] with 1 for tokens and 0 for padding
 * @param axis the axis of the keys, counted from the last; 0 is the last
 * @param atToken the value for a token; booleans are 0 and 1
 * @param atPadding the value for padding
 */
record KeyMask(NodeOutput mask, int axis, float atToken, float atPadding) {

  /** A mask whose tokens are told from padding by their ids, as an int32 tensor. */
  static final String FROM_IDS = "NotEqual";

  /** Whether the mask is a comparison of token ids with the id of padding. */
  static boolean isFromIds(NodeOutput mask) {
    GraphNode node = mask.node();
    return node.is("Cast")
        && Match.is(node.input(0), FROM_IDS)
        && isIds(node.input(0).node().input(0));
  }

  /** Whether {@code tensor} is the token ids. */
  static boolean isIds(NodeOutput tensor) {
    GraphNode node = tensor.node();
    if (node.is("Cast") && node.attribute("DstT").getType() == DataType.DT_INT64) {
      return isIds(node.input(0));
    }
    return node.is("Placeholder") && node.name().equals(Ops.IDS_INPUT);
  }

  /** Whether both depend on the same keys, along the same axis. */
  boolean isAlong(KeyMask other) {
    return axis == other.axis && mask.equals(other.mask);
  }
}
