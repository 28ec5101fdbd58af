package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.preprocessing.TokenInput;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;

/**
 * Counts the rows of an output where the graph counts those of a text, as heads do that repeat
 * constants for each row. The text is gone from the graph, and the output has the rows of a batch
 * in any shape.
 */
final class RowCounts {

  private RowCounts() {}

  /** {@code types} are those of the outputs of {@code graph}. */
  static void replace(FlatGraph graph, Map<String, DataType> types) {
    Map<GraphNode, NodeOutput> counts = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      if (node.is("Shape") && isTextPerRow(node.input(0).node())) {
        NodeOutput count = count(node, graph, types);
        if (count != null) {
          counts.put(node, count);
        }
      }
    }
    graph.replaceReads(tensor -> counts.getOrDefault(tensor.node(), tensor));
  }

  private static boolean isTextPerRow(GraphNode node) {
    return node.is("Placeholder")
        && node.attribute("dtype").getType() == DataType.DT_STRING
        && node.attribute("shape").getShape().getDimCount() == 1;
  }

  private static @Nullable NodeOutput count(
      GraphNode ofText, FlatGraph graph, Map<String, DataType> types) {
    for (var output : graph.outputs().entrySet()) {
      if (dependsOnTokensOnly(output.getValue())) {
        GraphNode shape = new GraphNode(ofText.name() + "/output", "Shape");
        shape.inputs().add(output.getValue());
        shape.setType("T", Objects.requireNonNull(types.get(output.getKey())));
        shape.attributes().put("out_type", outType(ofText));
        GraphNode zero = Constants.ofInts(ofText.name() + "/begin", 0);
        GraphNode one = Constants.ofInts(ofText.name() + "/end", 1);
        GraphNode rows = new GraphNode(ofText.name(), "StridedSlice");
        rows.inputs().add(shape.output());
        rows.inputs().add(zero.output());
        rows.inputs().add(one.output());
        rows.inputs().add(one.output());
        rows.attributes().put("T", outType(ofText));
        rows.setType("Index", DataType.DT_INT32);
        return rows.output();
      }
    }
    return null;
  }

  private static AttrValue outType(GraphNode shape) {
    return shape
        .attributes()
        .getOrDefault("out_type", AttrValue.newBuilder().setType(DataType.DT_INT32).build());
  }

  private static boolean dependsOnTokensOnly(NodeOutput output) {
    boolean tokens = false;
    for (GraphNode node : new FlatGraph(Map.of("", output)).nodes()) {
      if (node.is("Placeholder")) {
        if (!TokenInput.isName(node.name())) {
          return false;
        }
        tokens = true;
      }
    }
    return tokens;
  }
}
