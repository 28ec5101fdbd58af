package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * Masks that are made of the lengths of rows, as {@code tf.sequence_mask} makes them. They become
 * ones that are padded as the ids are.
 */
final class LengthMasks {

  private LengthMasks() {}

  static void replace(FlatGraph graph) {
    List<GraphNode> packings = graph.nodes().stream().filter(Packing::is).toList();
    Map<GraphNode, NodeOutput> masks = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      GraphNode ids = node.is("Less") ? idsOf(node, packings) : null;
      if (ids != null) {
        masks.put(node, mask(node.name(), ids));
      }
    }
    graph.replaceReads(tensor -> masks.getOrDefault(tensor.node(), tensor));
  }

  /** What pads the ids of which {@code less} is {@code range(length) < lengths}; null if none. */
  private static @Nullable GraphNode idsOf(GraphNode less, List<GraphNode> packings) {
    GraphNode lengths = Shaping.uncast(less.input(1)).node();
    if (!countsFromZero(less.input(0).node()) || !lengths.is("ExpandDims")) {
      return null;
    }
    NodeOutput splits = FirstValues.splitsOfLengths(lengths.input(0).node());
    return packings.stream()
        .filter(ids -> Packing.rows(ids).equals(splits))
        .findFirst()
        .orElse(null);
  }

  private static boolean countsFromZero(GraphNode range) {
    return range.is("Range")
        && Constants.areAll(range.input(0), 0)
        && Constants.areAll(range.input(2), 1);
  }

  private static NodeOutput mask(String name, GraphNode ids) {
    GraphNode ones = new GraphNode(name + "/ones", "OnesLike");
    ones.inputs().add(ids.input(Packing.VALUES));
    ones.attributes().put("T", ids.attribute("T"));
    GraphNode padded = Packing.with(ids, name + "/padded", Packing.VALUES, ones.output());
    GraphNode mask = new GraphNode(name, "Cast");
    mask.attributes().put("SrcT", ids.attribute("T"));
    mask.setType("DstT", DataType.DT_BOOL);
    mask.inputs().add(padded.output());
    return mask.output();
  }
}
