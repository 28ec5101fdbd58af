package dev.bertserve.server.prepared;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.preprocessing.TokenInput;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Ops that make one value of a row's tokens, and whose answer padding cannot change. */
final class Pooling {

  private Pooling() {}

  static boolean is(GraphNode node) {
    return isFirstToken(node) || isMaskedSum(node);
  }

  /** {@code x[:, 0]} or {@code x[:, 0, :]}. */
  private static boolean isFirstToken(GraphNode slice) {
    return slice.is("StridedSlice")
        && slice.number("shrink_axis_mask") == 2
        && (slice.number("begin_mask") & slice.number("end_mask") & 3) == 1
        && slice.number("new_axis_mask") == 0
        && slice.number("ellipsis_mask") == 0
        && slice.input(1).node().is("Const")
        && Constants.integers(slice.input(1))[1] == 0;
  }

  /** A sum over the tokens, of the mask or of a product with it. */
  private static boolean isMaskedSum(GraphNode sum) {
    if (!sum.is("Sum") || !isAlong(sum.input(1), 1)) {
      return false;
    }
    GraphNode summed = sum.input(0).node();
    return isZeroAtPadding(sum.input(0))
        || (summed.is("Mul") && summed.inputs().stream().anyMatch(Pooling::isZeroAtPadding));
  }

  /** The mask itself, in another type or with a width of one. */
  private static boolean isZeroAtPadding(NodeOutput tensor) {
    GraphNode node = tensor.node();
    while (node.is("Cast") || (node.is("ExpandDims") && isAlong(node.input(1), -1, 2))) {
      node = node.input(0).node();
    }
    return isMask(node);
  }

  /** Whether {@code tensor} is arithmetic on the mask, shapes and constants alone. */
  static boolean isMadeOfMask(NodeOutput tensor) {
    Set<GraphNode> seen = new HashSet<>();
    Deque<GraphNode> pending = new ArrayDeque<>(Set.of(tensor.node()));
    boolean found = false;
    for (GraphNode node = pending.poll(); node != null; node = pending.poll()) {
      if (!seen.add(node)) {
        continue;
      }
      found |= isMask(node);
      switch (node.op()) {
        case "Cast", "ExpandDims", "Reshape", "Mul", "Sub", "BroadcastTo", "StridedSlice" ->
            node.inputs().forEach(input -> pending.add(input.node()));
        case "Pack", "ConcatV2", "Fill" ->
            node.inputs().forEach(input -> pending.add(input.node()));
        case "Const", "Shape", "OnesLike" -> {}
        default -> {
          if (!isMask(node)) {
            return false;
          }
        }
      }
    }
    return found;
  }

  private static boolean isMask(GraphNode node) {
    return node.is("Placeholder") && node.name().equals(TokenInput.MASK.tensorName());
  }

  /** Whether {@code axes} is one of {@code expected}, by itself. */
  static boolean isAlong(NodeOutput axes, long... expected) {
    if (!axes.node().is("Const")) {
      return false;
    }
    long[] found = Constants.integers(axes);
    for (long axis : expected) {
      if (found.length == 1 && found[0] == axis) {
        return true;
      }
    }
    return false;
  }
}
