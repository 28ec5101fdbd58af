package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds the products that run in 8 bits: those of attention and of feed-forward parts. The first
 * layer's query, key and value stay as they are: what is rounded there passes through all layers.
 */
final class Places {

  private Places() {}

  /** The part of a layer that products belong to. */
  enum Reader {
    /** Query, key and value. */
    ATTENTION,
    /** What follows attention. */
    PROJECTION,
    FEED_FORWARD
  }

  /** A tensor that such products read. */
  record Place(NodeOutput tensor, List<GraphNode> products, Reader reader) {

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
    Map<GraphNode, Reader> wanted = new HashMap<>();
    boolean first = true;
    for (GraphNode node : nodes) {
      if (node.is(Ops.ATTENTION) && first) {
        first = false;
      } else if (node.is(Ops.ATTENTION)) {
        node.inputs().stream()
            .limit(3)
            .forEach(input -> wanted.put(input.node(), Reader.ATTENTION));
      } else if (node.is(Ops.GELU)) {
        wanted.put(node.input(0).node(), Reader.FEED_FORWARD);
      } else if (node.is(Ops.DENSE) && Match.is(node.input(0), Ops.ATTENTION)) {
        wanted.put(node, Reader.PROJECTION);
      } else if (node.is(Ops.DENSE) && Match.is(node.input(0), Ops.GELU)) {
        wanted.put(node, Reader.FEED_FORWARD);
      }
    }
    Map<NodeOutput, List<GraphNode>> products = new LinkedHashMap<>();
    for (GraphNode node : nodes) {
      if (wanted.containsKey(node) && node.is(Ops.DENSE) && TokenTensor.is(node.input(0))) {
        products.computeIfAbsent(node.input(0), x -> new ArrayList<>()).add(node);
      }
    }
    List<Place> places = new ArrayList<>();
    products.forEach(
        (tensor, readers) ->
            places.add(new Place(tensor, List.copyOf(readers), reader(readers.get(0), wanted))));
    return places;
  }

  private static Reader reader(GraphNode product, Map<GraphNode, Reader> readers) {
    return Objects.requireNonNull(readers.get(product));
  }
}
