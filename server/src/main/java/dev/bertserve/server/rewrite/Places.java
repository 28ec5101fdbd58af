package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the products that run in 8 bits: those of attention and of feed-forward parts. The first
 * layer's query, key and value stay as they are: what is rounded there passes through all layers.
 */
final class Places {

  private Places() {}

  /** A tensor that such products read. */
  record Place(NodeOutput tensor, List<GraphNode> products) {

    int width() {
      return TokenTensor.width(tensor);
    }

    /** Whether it holds the first token of each row only. */
    boolean isFirstOnly() {
      return TokenTensor.isFirstOnly(tensor);
    }

    /** Whether it is the output of a layer norm, some of whose channels tend to be large. */
    boolean isNormalised() {
      return Match.is(tensor, Ops.LAYER_NORM);
    }
  }

  /** The places of {@code graph}, in the order in which it computes them. */
  static List<Place> in(FlatGraph graph) {
    List<GraphNode> nodes = graph.nodes();
    Set<GraphNode> wanted = new LinkedHashSet<>();
    boolean first = true;
    for (GraphNode node : nodes) {
      if (node.is(Ops.ATTENTION) && first) {
        first = false;
      } else if (node.is(Ops.ATTENTION)) {
        node.inputs().stream().limit(3).map(NodeOutput::node).forEach(wanted::add);
      } else if (node.is(Ops.GELU)) {
        wanted.add(node.input(0).node());
      } else if (node.is(Ops.DENSE) && readsInner(node)) {
        wanted.add(node);
      }
    }
    Map<NodeOutput, List<GraphNode>> products = new LinkedHashMap<>();
    for (GraphNode node : nodes) {
      if (wanted.contains(node) && node.is(Ops.DENSE) && TokenTensor.is(node.input(0))) {
        products.computeIfAbsent(node.input(0), x -> new ArrayList<>()).add(node);
      }
    }
    List<Place> places = new ArrayList<>();
    products.forEach((tensor, readers) -> places.add(new Place(tensor, List.copyOf(readers))));
    return places;
  }

  private static boolean readsInner(GraphNode dense) {
    return Match.is(dense.input(0), Ops.ATTENTION) || Match.is(dense.input(0), Ops.GELU);
  }
}
