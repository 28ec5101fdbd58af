package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Projections that their one reader computes along with itself: one of each reader. */
final class FusableProjections {

  private FusableProjections() {}

  /** Those that a GELU reads, and with {@code sums} those that a residual sum reads. */
  static Set<GraphNode> in(FlatGraph graph, boolean sums) {
    Map<GraphNode, Integer> reads = Match.reads(graph);
    Set<GraphNode> fusable = new HashSet<>();
    for (GraphNode reader : graph.nodes()) {
      boolean sum = sums && reader.is("AddV2") && TokenTensor.is(reader.output());
      if (sum || reader.is(Ops.GELU)) {
        reader.inputs().stream()
            .map(NodeOutput::node)
            .filter(input -> isFusable(input, reads))
            .findFirst()
            .ifPresent(fusable::add);
      }
    }
    return fusable;
  }

  private static boolean isFusable(GraphNode node, Map<GraphNode, Integer> reads) {
    return node.is(Ops.DENSE)
        && node.attribute(Ops.HEADS).getI() == 0
        && reads.getOrDefault(node, 0) == 1;
  }
}
