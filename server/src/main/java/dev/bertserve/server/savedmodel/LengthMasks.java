package dev.bertserve.server.savedmodel;

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

  private static final String PACKING = "RaggedTensorToTensor";

  private LengthMasks() {}

  static void replace(FlatGraph graph) {
    List<GraphNode> packings = graph.nodes().stream().filter(node -> node.is(PACKING)).toList();
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
    GraphNode lengths = TokenizerReader.uncast(less.input(1)).node();
    if (!countsFromZero(less.input(0).node()) || !lengths.is("ExpandDims")) {
      return null;
    }
    NodeOutput splits = FirstValues.splitsOfLengths(lengths.input(0).node());
    return packings.stream()
        .filter(ids -> ids.input(ids.inputs().size() - 1).equals(splits))
        .findFirst()
        .orElse(null);
  }

  private static boolean countsFromZero(GraphNode range) {
    return range.is("Range")
        && range.input(0).node().is("Const")
        && range.input(2).node().is("Const")
        && Constants.integer(range.input(0)) == 0
        && Constants.integer(range.input(2)) == 1;
  }

  private static NodeOutput mask(String name, GraphNode ids) {
    GraphNode ones = new GraphNode(name + "/ones", "OnesLike");
    ones.inputs().add(ids.input(1));
    ones.attributes().put("T", ids.attribute("T"));
    GraphNode padded = new GraphNode(name + "/padded", PACKING);
    padded.attributes().putAll(ids.attributes());
    padded.inputs().addAll(ids.inputs());
    padded.inputs().set(1, ones.output());
    GraphNode mask = new GraphNode(name, "Cast");
    mask.attributes().put("SrcT", ids.attribute("T"));
    mask.setType("DstT", DataType.DT_BOOL);
    mask.inputs().add(padded.output());
    return mask.output();
  }
}
