package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Projections that can be fused with their only reader, at most one for each reader. */
final class FusableProjections {

  private FusableProjections() {}

  /** Those read by a GELU and, if {@code sums} is true, those read by a residual sum. */
  static Set<GraphNode> in(FlatGraph graph, boolean sums) {
    Map<GraphNode, Integer> readCounts = Match.readCounts(graph);
    Set<GraphNode> fusable = new HashSet<>();
    for (GraphNode reader : graph.nodes()) {
      boolean sum = sums && reader.is("AddV2") && TokenTensor.is(reader.output());
      if (sum || reader.is(Ops.GELU)) {
        reader.inputs().stream()
            .map(NodeOutput::node)
            .filter(input -> isFusable(input, readCounts))
            .findFirst()
            .ifPresent(fusable::add);
      }
    }
    return fusable;
  }

  private static boolean isFusable(GraphNode node, Map<GraphNode, Integer> readCounts) {
    return node.is(Ops.DENSE)
        && node.attribute(Ops.HEADS).getI() == 0
        && readCounts.getOrDefault(node, 0) == 1;
  }
}
