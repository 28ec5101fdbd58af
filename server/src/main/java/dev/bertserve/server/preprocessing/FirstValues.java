package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import org.jspecify.annotations.Nullable;

/**
 * The first values of each row of a ragged tensor, as {@code x[:, :most]} gives them.
 *
 * @param values those of all rows, one after the other
 * @param splits where each row of them begins and ends
 * @param ranges gives the places of the first values
 * @param most how many of a row are kept
 */
record FirstValues(NodeOutput values, NodeOutput splits, GraphNode ranges, long most) {

  /** What {@code gather} gives; null if it is something else. */
  static @Nullable FirstValues of(GraphNode gather) {
    if (!gather.is("GatherV2")) {
      return null;
    }
    GraphNode ranges = gather.input(1).node();
    if (!ranges.is("RaggedRange") || !ranges.input(1).node().is("Minimum")) {
      return null;
    }
    NodeOutput starts = ranges.input(0);
    GraphNode limit = ranges.input(1).node().input(0).node();
    NodeOutput ends = ranges.input(1).node().input(1);
    boolean first =
        isSlice(starts, 0, -1)
            && isSlice(ends, 1, 0)
            && starts.node().input(0).equals(ends.node().input(0))
            && limit.is("AddV2")
            && limit.input(0).equals(starts)
            && Constants.integer(limit.input(1)) >= 0
            && Constants.integer(ranges.input(2)) == 1;
    return first
        ? new FirstValues(
            gather.input(0), starts.node().input(0), ranges, Constants.integer(limit.input(1)))
        : null;
  }

  /** The splits of which {@code lengths} are the differences; null if it is something else. */
  static @Nullable NodeOutput splitsOfLengths(GraphNode lengths) {
    boolean differences =
        lengths.is("Sub")
            && isSlice(lengths.input(0), 1, 0)
            && isSlice(lengths.input(1), 0, -1)
            && lengths.input(0).node().input(0).equals(lengths.input(1).node().input(0));
    return differences ? lengths.input(0).node().input(0) : null;
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
}
