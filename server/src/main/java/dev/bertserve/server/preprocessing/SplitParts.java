package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parts of each text, as a ragged tensor has them.
 *
 * @param split gives them
 * @param most how many are kept, the first ones; {@link #ALL} for all
 */
record SplitParts(GraphNode split, long most) {

  static final long ALL = -1;

  /**
   * Reads what {@code values} are if {@code partition} says whose they are; null if they are no
   * parts of each text.
   */
  static @Nullable SplitParts of(NodeOutput values, NodeOutput partition) {
    GraphNode node = values.node();
    if (areOfSplit(values)) {
      return reads(partition, node) ? new SplitParts(node, ALL) : null;
    }
    FirstValues first = FirstValues.of(node);
    if (first == null || !areOfSplit(first.values())) {
      return null;
    }
    GraphNode split = first.values().node();
    return reads(first.splits(), split) && reads(partition, first.ranges())
        ? new SplitParts(split, first.most())
        : null;
  }

  private static boolean areOfSplit(NodeOutput tensor) {
    return tensor.node().is("StringSplitV2")
        && (tensor.argument().equals("values") || tensor.index() == 1);
  }

  /** Whether {@code tensor} is computed from {@code wanted}. */
  static boolean reads(NodeOutput tensor, GraphNode wanted) {
    return new FlatGraph(Map.of("", tensor)).nodes().contains(wanted);
  }
}
