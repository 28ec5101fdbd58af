package dev.bertserve.server.tensorflow;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/**
 * The fused matrix products of a graph, each by itself: with the same weights and number of rows,
 * without dependencies, and with only the bias fused. Their total time is a lower bound for the
 * graph.
 */
final class BareProducts implements AutoCloseable {

  private static final String PRODUCT = "_MklNativeFusedMatMul";
  private static final byte ANY_NUMBER = 0x3F;

  private final Map<String, NodeOutput> products = new LinkedHashMap<>();
  private final Map<String, GraphNode> inputs = new HashMap<>();
  private final Map<String, Tensor> feeds = new HashMap<>();

  /** {@code seen} has the number of rows of each product of {@code flat}. */
  BareProducts(FlatGraph flat, OpTimes seen) {
    for (GraphNode node : flat.nodes()) {
      if (isProduct(node)) {
        GraphNode product = new GraphNode(name(node), PRODUCT);
        product.attributes().putAll(node.attributes());
        product
            .attributes()
            .put(
                "fused_ops",
                node.attribute("fused_ops").toBuilder()
                    .setList(
                        AttrValue.ListValue.newBuilder()
                            .addS(node.attribute("fused_ops").getList().getS(0)))
                    .build());
        product.attributes().put("num_args", AttrValue.newBuilder().setI(1).build());
        product.inputs().add(input(seen.rows(node.name()), node).output());
        product.inputs().add(node.input(1));
        product.inputs().add(node.input(2));
        products.put(product.name(), product.output());
      }
    }
  }

  static boolean isProduct(GraphNode node) {
    return node.is(PRODUCT);
  }

  /** Values in, values out. */
  static List<Long> kernelShape(GraphNode product) {
    Weight kernel = product.input(1).node().weight();
    if (kernel == null) {
      throw new IllegalStateException("node " + product + ": no weight (expected: its kernel)");
    }
    return kernel.shape();
  }

  /** Name of the separate product for {@code node}. */
  static String name(GraphNode node) {
    return "bare/" + node.name();
  }

  FlatGraph graph() {
    return new FlatGraph(products);
  }

  /** Tensors for the placeholders of {@link #graph}; closed with this object. */
  Map<String, Tensor> feeds() {
    return Map.copyOf(feeds);
  }

  private GraphNode input(long rows, GraphNode product) {
    DataType type = product.input(1).node().attribute("dtype").getType();
    long width = kernelShape(product).get(0);
    return inputs.computeIfAbsent(
        "bare/input_" + rows + "x" + width,
        name -> {
          GraphNode placeholder = new GraphNode(name, "Placeholder");
          placeholder.setType("dtype", type);
          placeholder
              .attributes()
              .put(
                  "shape",
                  AttrValue.newBuilder()
                      .setShape(TensorShapeProto.newBuilder().setUnknownRank(true))
                      .build());
          Shape shape = Shape.of(rows, width);
          Tensor values =
              type == DataType.DT_FLOAT
                  ? Tensor.of(TFloat32.class, shape)
                  : Tensor.of(TBfloat16.class, shape);
          byte[] bytes = new byte[Math.toIntExact(values.numBytes())];
          Arrays.fill(bytes, ANY_NUMBER);
          values.asRawTensor().data().write(bytes);
          feeds.put(name, values);
          return placeholder;
        });
  }

  @Override
  public void close() {
    feeds.values().forEach(Tensor::close);
  }
}
