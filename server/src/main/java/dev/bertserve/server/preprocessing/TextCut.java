package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.DataType;

/**
 * Takes the text half out of a graph: finds the padded int tensors that text ops give and the
 * encoder reads, and puts placeholders of [rows, length] in their place.
 */
final class TextCut {

  private final FlatGraph graph;
  private final List<GraphNode> nodes;
  private final Map<TokenInput, NodeOutput> placeholders = new EnumMap<>(TokenInput.class);

  TextCut(FlatGraph graph) {
    this.graph = graph;
    this.nodes = graph.nodes();
  }

  /**
   * Cuts; afterwards the encoder reads the placeholders only. Returns what was cut off: for each
   * input the op that padded it, from which the tokenizer's choices can be read.
   */
  Map<TokenInput, GraphNode> cut() {
    Map<TokenInput, GraphNode> packings = new EnumMap<>(TokenInput.class);
    Map<GraphNode, NodeOutput> replacements = new HashMap<>();
    Set<GraphNode> textual = dependents(texts());
    for (GraphNode node : nodes) {
      if (Packing.is(node) && textual.contains(node)) {
        TokenInput input = roleOf(node);
        GraphNode earlier = packings.put(input, node);
        if (earlier != null) {
          throw TextRefusal.of(
              "nodes "
                  + earlier.name()
                  + " and "
                  + node.name()
                  + ": both give "
                  + input.tensorName()
                  + " (expected: one text encoder)");
        }
        for (GraphNode boundary : boundaries(node)) {
          replacements.put(boundary, placeholder(input, node));
        }
      }
    }
    requireSameRows(packings);
    graph.replaceReads(tensor -> replacements.getOrDefault(tensor.node(), tensor));
    return packings;
  }

  /** Checks a mask that a user makes. A packer pads its mask by splits of its own. */
  private static void requireSameRows(Map<TokenInput, GraphNode> packings) {
    GraphNode ids = packings.get(TokenInput.WORD_IDS);
    GraphNode mask = packings.get(TokenInput.MASK);
    if (ids != null
        && mask != null
        && mask.input(Packing.VALUES).node().is("OnesLike")
        && !Packing.rows(ids).equals(Packing.rows(mask))) {
      throw TextRefusal.of(mask, "a mask of other rows", "that of the ids");
    }
  }

  private Set<GraphNode> texts() {
    Set<GraphNode> texts = new HashSet<>();
    for (GraphNode node : nodes) {
      if (isText(node)) {
        texts.add(node);
      }
    }
    return texts;
  }

  private static boolean isText(GraphNode node) {
    return node.is("Placeholder") && node.attribute("dtype").getType() == DataType.DT_STRING;
  }

  /** {@code sources} and whatever needs one of them. */
  private Set<GraphNode> dependents(Set<GraphNode> sources) {
    Set<GraphNode> dependents = new HashSet<>(sources);
    for (GraphNode node : nodes) {
      for (NodeOutput input : node.inputs()) {
        if (dependents.contains(input.node())) {
          dependents.add(node);
        }
      }
    }
    return dependents;
  }

  /** Which of the encoder's inputs a packing op gives, told by where its values come from. */
  private static TokenInput roleOf(GraphNode packing) {
    NodeOutput values = packing.input(Packing.VALUES);
    if (values.node().is("OnesLike")
        || (values.node().is("Fill") && Constants.integer(values.node().input(1)) == 1)) {
      return TokenInput.MASK;
    }
    return comeFromText(values, new HashSet<>()) ? TokenInput.WORD_IDS : TokenInput.TYPE_IDS;
  }

  /** Whether values, not only shapes, come from text. */
  private static boolean comeFromText(NodeOutput values, Set<GraphNode> seen) {
    GraphNode node = values.node();
    if (!seen.add(node)
        || node.is("Shape")
        || node.is("Const")
        || node.is("OnesLike")
        || node.is("ZerosLike")) {
      return false;
    }
    if (isText(node)) {
      return true;
    }
    List<NodeOutput> read =
        switch (node.op()) {
          case "Fill" -> node.inputs().subList(1, 2);
          case "Reshape", "Tile", "ExpandDims", "StridedSlice", "BroadcastTo" ->
              node.inputs().subList(0, 1);
          case "RaggedGather" ->
              // nested row splits, values, indices
              node.inputs().subList(node.inputs().size() - 2, node.inputs().size() - 1);
          default -> node.inputs();
        };
    for (NodeOutput input : read) {
      if (comeFromText(input, seen)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Where to cut after {@code packing}: the packer reshapes the padded tensor to [rows, length],
   * which must go too since both come from the text ops.
   */
  private List<GraphNode> boundaries(GraphNode packing) {
    List<GraphNode> boundaries = new ArrayList<>(List.of(packing));
    Set<GraphNode> fromPacking = dependents(Set.of(packing));
    for (GraphNode reader : nodes) {
      if (reader.is("Reshape")
          && reader.input(0).node() == packing
          && reader.input(1).node().is("Pack")
          && reader.input(1).node().inputs().size() == 2
          && !fromPacking.contains(reader.input(1).node())) {
        boundaries.add(reader);
      }
    }
    return boundaries;
  }

  private NodeOutput placeholder(TokenInput input, GraphNode packing) {
    return placeholders.computeIfAbsent(
        input, ignored -> input.placeholder(packing.attribute("T").getType()));
  }
}
