package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Constants;
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
    if (!node.is("GatherV2") || !areOfSplit(node.input(0))) {
      return null;
    }
    GraphNode ranges = node.input(1).node();
    GraphNode split = node.input(0).node();
    return areOfFirstParts(ranges, split) && reads(partition, ranges)
        ? new SplitParts(split, Constants.integer(limit(ranges).input(1)))
        : null;
  }

  private static boolean areOfSplit(NodeOutput tensor) {
    return tensor.node().is("StringSplitV2")
        && (tensor.argument().equals("values") || tensor.index() == 1);
  }

  /** Whether each of {@code ranges} begins where a row of {@code split} does, and ends within. */
  private static boolean areOfFirstParts(GraphNode ranges, GraphNode split) {
    if (!ranges.is("RaggedRange") || !ranges.input(1).node().is("Minimum")) {
      return false;
    }
    NodeOutput starts = ranges.input(0);
    NodeOutput ends = ranges.input(1).node().input(1);
    return isSlice(starts, 0, -1)
        && isSlice(ends, 1, 0)
        && starts.node().input(0).equals(ends.node().input(0))
        && reads(starts, split)
        && limit(ranges).is("AddV2")
        && limit(ranges).input(0).equals(starts)
        && Constants.integer(limit(ranges).input(1)) >= 0
        && Constants.integer(ranges.input(2)) == 1;
  }

  private static GraphNode limit(GraphNode ranges) {
    return ranges.input(1).node().input(0).node();
  }

  /** Whether {@code tensor} is a slice of one dimension; 0 stands for an end that is left out. */
  private static boolean isSlice(NodeOutput tensor, int begin, int end) {
    GraphNode slice = tensor.node();
    return slice.is("StridedSlice")
        && Constants.integer(slice.input(1)) == begin
        && Constants.integer(slice.input(2)) == end
        && Constants.integer(slice.input(3)) == 1
        && slice.number("end_mask") == (end == 0 ? 1 : 0)
        && (begin == 0 || slice.number("begin_mask") == 0)
        && (slice.number("shrink_axis_mask") | slice.number("new_axis_mask")) == 0;
  }

  private static boolean reads(NodeOutput tensor, GraphNode wanted) {
    return new FlatGraph(Map.of("", tensor)).nodes().contains(wanted);
  }
}
