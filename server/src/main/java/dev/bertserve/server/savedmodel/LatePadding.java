package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * Rows of ids that are padded to the longest of a batch and then, by {@code tf.pad}, to a constant
 * length. They are padded to that length by the first op instead.
 */
final class LatePadding {

  private static final String PACKING = "RaggedTensorToTensor";

  private LatePadding() {}

  /** Rows padded to {@code length} by {@code packing}. */
  private record Padded(GraphNode packing, long length) {}

  static void replace(FlatGraph graph) {
    Map<GraphNode, Padded> padded = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      if (node.is("Pad") || node.is("PadV2")) {
        Long length = length(node);
        if (length != null) {
          GraphNode packing = packing(node.input(0).node(), Math.toIntExact(length));
          padded.put(node, new Padded(packing, length));
        }
      } else if (node.is("Reshape")) {
        Padded rows = padded.get(node.input(0).node());
        if (rows != null && keepsRows(node.input(1), rows.length)) {
          padded.put(node, rows);
        }
      }
    }
    graph.replaceReads(
        tensor -> {
          Padded rows = padded.get(tensor.node());
          return rows == null ? tensor : rows.packing.output();
        });
  }

  private static boolean keepsRows(NodeOutput shape, long length) {
    return shape.node().is("Const")
        && Arrays.equals(Constants.integers(shape), new long[] {-1, length});
  }

  /** The length to which {@code pad} fills up rows; null if it is something else. */
  private static @Nullable Long length(GraphNode pad) {
    GraphNode rows = pad.input(0).node();
    GraphNode paddings = pad.input(1).node();
    if (!rows.is(PACKING) || !paddings.is("Pack") || paddings.inputs().size() != 2) {
      return null;
    }
    NodeOutput value = rows.input(2);
    long fill = pad.inputs().size() > 2 ? Constants.integer(pad.input(2)) : 0;
    NodeOutput ofRows = paddings.input(0);
    GraphNode ofColumns = paddings.input(1).node();
    boolean atTheEnd =
        value.node().is("Const")
            && Constants.integer(value) == fill
            && isZero(ofRows)
            && ofColumns.is("Pack")
            && ofColumns.inputs().size() == 2
            && isZero(ofColumns.input(0));
    if (!atTheEnd) {
      return null;
    }
    GraphNode missing = ofColumns.input(1).node();
    return missing.is("Sub")
            && missing.input(0).node().is("Const")
            && isColumns(missing.input(1).node(), rows)
        ? Constants.integer(missing.input(0))
        : null;
  }

  private static boolean isZero(NodeOutput constant) {
    return constant.node().is("Const")
        && Arrays.stream(Constants.integers(constant)).allMatch(value -> value == 0);
  }

  /** Whether {@code count} is {@code tf.shape(rows)[1]}. */
  private static boolean isColumns(GraphNode count, GraphNode rows) {
    return count.is("StridedSlice")
        && count.input(0).node().is("Shape")
        && count.input(0).node().input(0).node() == rows
        && Constants.integer(count.input(1)) == 1
        && count.number("shrink_axis_mask") == 1;
  }

  private static GraphNode packing(GraphNode packing, int length) {
    GraphNode padded = new GraphNode(packing.name(), PACKING);
    padded.attributes().putAll(packing.attributes());
    padded.setType("Tshape", DataType.DT_INT32);
    padded.inputs().addAll(packing.inputs());
    padded.inputs().set(0, Constants.ofInts(packing.name() + "/shape", -1, length).output());
    return padded;
  }
}
