package dev.bertserve.server.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;

/** Merges nodes that compute the same from the same inputs. */
public final class Duplicates {

  private record Computation(
      String op, Map<String, AttrValue> attributes, List<NodeOutput> inputs) {}

  private Duplicates() {}

  /** Changes {@code graph}; returns the number of nodes that others replace. */
  public static int merge(FlatGraph graph) {
    Map<Computation, GraphNode> firsts = new HashMap<>();
    Map<GraphNode, GraphNode> merged = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      node.inputs().replaceAll(input -> first(merged, input));
      if (isFunction(node)) {
        Computation computation =
            new Computation(node.op(), Map.copyOf(node.attributes()), List.copyOf(node.inputs()));
        GraphNode first = firsts.putIfAbsent(computation, node);
        if (first != null) {
          merged.put(node, first);
        }
      }
    }
    graph.outputs().replaceAll((name, tensor) -> first(merged, tensor));
    return merged.size();
  }

  /** Other nodes without inputs are things with a state: inputs, variables, tables. */
  private static boolean isFunction(GraphNode node) {
    return node.weight() == null && (node.is("Const") || !node.inputs().isEmpty());
  }

  private static NodeOutput first(Map<GraphNode, GraphNode> merged, NodeOutput tensor) {
    GraphNode first = merged.get(tensor.node());
    return first == null ? tensor : new NodeOutput(first, tensor.argument(), tensor.index());
  }
}
