package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;

/** The length that the op which pads rows pads them to. */
final class PaddedLength {

  private PaddedLength() {}

  /** Reads it of {@code packing}; negative for that of the longest row, or a little more. */
  static long of(GraphNode packing) {
    NodeOutput shape = packing.input(0);
    NodeOutput length = Shaping.uncast(shape);
    boolean ofParts = length.node().is("Pack");
    if (ofParts) {
      length = length.node().input(length.node().inputs().size() - 1);
    }
    if (isLongest(roundedUp(length), packing)) {
      return -1;
    }
    try {
      long[] lengths = Constants.integers(ofParts ? length : shape);
      return lengths[lengths.length - 1];
    } catch (UnsupportedModelException e) {
      throw TextRefusal.of(e.getMessage() + ", the length of rows");
    }
  }

  /** What {@code length} is of {@code count * -(-length // count)}. */
  private static NodeOutput roundedUp(NodeOutput length) {
    GraphNode product = length.node();
    if (!product.is("Mul") || !product.input(1).node().is("Neg")) {
      return length;
    }
    GraphNode quotient = product.input(1).node().input(0).node();
    boolean isRounded =
        quotient.is("FloorDiv")
            && quotient.input(0).node().is("Neg")
            && Constants.integer(quotient.input(1)) == Constants.integer(product.input(0));
    return isRounded ? quotient.input(0).node().input(0) : length;
  }

  private static boolean isLongest(NodeOutput length, GraphNode packing) {
    GraphNode longest = length.node();
    if (!longest.is("Maximum") || !longest.input(0).node().is("Max")) {
      return false;
    }
    NodeOutput rows = Packing.rows(packing);
    return rows.equals(FirstValues.splitsOfLengths(longest.input(0).node().input(0).node()));
  }
}
