package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;

/** Merges nodes that compute the same from the same inputs. */
final class MergeDuplicates implements Pass {

  private record Computation(
      String op, Map<String, AttrValue> attributes, List<NodeOutput> inputs) {}

  @Override
  public String name() {
    return "merge duplicates";
  }

  @Override
  public int apply(FlatGraph graph) {
    Map<Computation, GraphNode> firsts = new HashMap<>();
    Map<GraphNode, GraphNode> merged = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      node.inputs().replaceAll(input -> first(merged, input));
      if (node.weight() == null && !node.is("Placeholder")) {
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

  @Override
  public int missedIn(FlatGraph graph) {
    return 0;
  }

  private static NodeOutput first(Map<GraphNode, GraphNode> merged, NodeOutput tensor) {
    GraphNode first = merged.get(tensor.node());
    return first == null ? tensor : new NodeOutput(first, tensor.argument(), tensor.index());
  }
}
