package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.Constants;
import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where only the first token of a token tensor is read, only it is computed: the slice moves up
 * through all that works token by token, and through the query side of attention.
 */
final class FirstTokenOnly implements Pass {

  @Override
  public String name() {
    return "first token only";
  }

  @Override
  public int apply(FlatGraph graph) {
    List<GraphNode> nodes = graph.nodes();
    Set<GraphNode> narrow = narrow(graph, nodes);
    Map<GraphNode, GraphNode> firsts = new HashMap<>();
    for (GraphNode node : nodes) {
      if (narrow.contains(node)) {
        firsts.put(node, first(node, firsts));
      }
    }
    return Match.each(
        graph,
        node ->
            isFirstToken(node) && TokenTensor.is(node.input(0)) ? of(node.input(0), firsts) : null);
  }

  @Override
  public int leftIn(FlatGraph graph) {
    return Match.count(graph, FirstTokenOnly::isFirstToken);
  }

  /** Nodes of which nothing but the first token is read. */
  private static Set<GraphNode> narrow(FlatGraph graph, List<GraphNode> nodes) {
    Set<GraphNode> wide = new HashSet<>();
    graph.outputs().values().forEach(tensor -> wide.add(tensor.node()));
    Set<GraphNode> narrow = new HashSet<>();
    List<GraphNode> readersFirst = new ArrayList<>(nodes);
    Collections.reverse(readersFirst);
    for (GraphNode node : readersFirst) {
      boolean isNarrow = TokenTensor.is(node.output()) && !wide.contains(node);
      if (isNarrow) {
        narrow.add(node);
      }
      if (!isFirstToken(node)) {
        for (int i = 0; i < node.inputs().size(); i++) {
          if (!isNarrow || !TokenTensor.isTokenwise(node, i)) {
            wide.add(node.input(i).node());
          }
        }
      }
    }
    return narrow;
  }

  private static GraphNode first(GraphNode node, Map<GraphNode, GraphNode> firsts) {
    GraphNode first = Match.node(node.op(), node, node.inputs().toArray(new NodeOutput[0]));
    first.attributes().putAll(node.attributes());
    for (int i = 0; i < node.inputs().size(); i++) {
      if (TokenTensor.isTokenwise(node, i)) {
        first.inputs().set(i, of(node.input(i), firsts).output());
      }
    }
    return first;
  }

  private static GraphNode of(NodeOutput x, Map<GraphNode, GraphNode> firsts) {
    return firsts.computeIfAbsent(x.node(), node -> Match.node(Ops.FIRST_TOKEN, node, x));
  }

  /** {@code x[:, 0, :]}. */
  private static boolean isFirstToken(GraphNode slice) {
    return slice.is("StridedSlice")
        && slice.number("begin_mask") == 5
        && slice.number("end_mask") == 5
        && slice.number("shrink_axis_mask") == 2
        && Arrays.equals(Constants.integers(slice.input(1)), new long[] {0, 0, 0});
  }
}
