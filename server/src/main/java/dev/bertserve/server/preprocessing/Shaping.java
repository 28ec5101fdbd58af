package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.Set;

/** Finds what a tensor has its values from, behind ops that only change its shape or type. */
public final class Shaping {

  private static final Set<String> OPS =
      Set.of(
          "Cast", "Reshape", "ExpandDims", "Tile", "RaggedGather", "Pack", "Fill", "EnsureShape");

  private Shaping() {}

  /** The tensor whose values {@code tensor} holds in another shape. */
  public static NodeOutput through(NodeOutput tensor) {
    NodeOutput source = tensor;
    while (OPS.contains(source.node().op())) {
      GraphNode node = source.node();
      source =
          switch (node.op()) {
            case "RaggedGather" -> joined(node);
            case "Fill" -> node.input(1);
            default -> node.input(0);
          };
    }
    return source;
  }

  /** The values of {@code gather}, if it takes every row, as a join of ragged tensors does. */
  private static NodeOutput joined(GraphNode gather) {
    // Nested row splits, values, indices
    int values = gather.inputs().size() - 2;
    GraphNode order = gather.input(values + 1).node();
    while (order.is("Reshape") || order.is("Transpose")) {
      order = order.input(0).node();
    }
    if (!order.is("Range")) {
      throw TextRefusal.of(gather, "a choice of rows by " + order.op(), "all rows");
    }
    return gather.input(values);
  }

  /** The tensor of which {@code tensor} has the values in another type. */
  static NodeOutput uncast(NodeOutput tensor) {
    NodeOutput source = tensor;
    while (source.node().is("Cast")) {
      source = source.node().input(0);
    }
    return source;
  }
}
