package dev.bertserve.server.graph;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Placeholders for inputs beside the text from which outputs are computed: values of each row,
 * [rows, ...].
 */
public final class RowInputs {

  private static final String PREFIX = "row_input/";

  private RowInputs() {}

  /**
   * A placeholder.
   *
   * @param place of the input among the signature's inputs beside the texts
   * @param rowShape dimensions of one row's values
   */
  public static GraphNode placeholder(int place, DataType type, List<Integer> rowShape) {
    return placeholder(PREFIX + place, type, rowShape);
  }

  /** Any other placeholder of values of each row. */
  public static GraphNode placeholder(String name, DataType type, List<Integer> rowShape) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setSize(-1);
    rowShape.forEach(dimension -> shape.addDimBuilder().setSize(dimension));
    GraphNode node = new GraphNode(name, "Placeholder");
    node.setType("dtype", type);
    node.attributes().put("shape", AttrValue.newBuilder().setShape(shape).build());
    return node;
  }

  /** Whether {@code node} is such a placeholder. */
  public static boolean is(GraphNode node) {
    return node.is("Placeholder") && node.name().startsWith(PREFIX);
  }

  /** Those of {@code graph} by their places, in ascending order. */
  public static Map<Integer, GraphNode> in(FlatGraph graph) {
    Map<Integer, GraphNode> found = new TreeMap<>();
    for (GraphNode node : graph.nodes()) {
      if (is(node)) {
        found.put(Integer.valueOf(node.name().substring(PREFIX.length())), node);
      }
    }
    return found;
  }

  /** Dimensions of one row's values. */
  public static List<Integer> rowShape(GraphNode placeholder) {
    return placeholder.attribute("shape").getShape().getDimList().stream()
        .skip(1)
        .map(dimension -> Math.toIntExact(dimension.getSize()))
        .toList();
  }
}
