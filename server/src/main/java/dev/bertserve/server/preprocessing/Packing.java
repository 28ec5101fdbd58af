package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import org.tensorflow.proto.DataType;

/**
 * The op that pads rows of ids to [rows, length]. It reads the shape, the ids of all rows, the id
 * of padding, and where rows begin and end.
 */
final class Packing {

  static final int SHAPE = 0;
  static final int VALUES = 1;

  private static final String OP = "RaggedTensorToTensor";

  private Packing() {}

  static boolean is(GraphNode node) {
    return node.is(OP) && node.attribute("T").getType() != DataType.DT_STRING;
  }

  /** Where the rows begin and end. */
  static NodeOutput rows(GraphNode packing) {
    return packing.input(packing.inputs().size() - 1);
  }

  /** The same op with {@code value} at the place {@code input}. */
  static GraphNode with(GraphNode packing, String name, int input, NodeOutput value) {
    GraphNode other = new GraphNode(name, OP);
    other.attributes().putAll(packing.attributes());
    other.inputs().addAll(packing.inputs());
    other.inputs().set(input, value);
    return other;
  }
}
