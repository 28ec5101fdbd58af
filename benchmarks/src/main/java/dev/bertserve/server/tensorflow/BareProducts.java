package dev.bertserve.server.tensorflow;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
import org.tensorflow.types.TUint8;

/**
 * The fused matrix products of a graph, each by itself: with the same weights and number of rows,
 * without dependencies, and with only the bias fused. Their total time is a lower bound for the
 * graph.
 */
final class BareProducts implements AutoCloseable {

  /** Goes before all names, since the graph shares a session with the one it was made of. */
  static final String PREFIX = "bare/";

  private static final String PRODUCT = "_MklNativeFusedMatMul";
  static final String QUANTISED = "_QuantizedMatMul";
  private static final byte ANY_NUMBER = 0x3F;

  private final Map<String, NodeOutput> products = new LinkedHashMap<>();
  private final Map<String, GraphNode> inputs = new HashMap<>();
  private final Map<String, Tensor> feeds = new HashMap<>();

  /** {@code seen} has the number of rows of each product of {@code flat}. */
  BareProducts(FlatGraph flat, OpTimes seen) {
    for (GraphNode node : flat.nodes()) {
      if (isProduct(node)) {
        NodeOutput x = input(seen.rows(node.name()), node);
        GraphNode product = isQuantised(node) ? quantised(node, x) : product(node, x);
        products.put(product.name(), product.output());
      }
    }
  }

  private static GraphNode product(GraphNode node, NodeOutput x) {
    GraphNode product = copy(node, List.of(x, node.input(1), node.input(2)));
    product.attributes().put("fused_ops", strings(List.of("BiasAdd")));
    product.attributes().put("num_args", AttrValue.newBuilder().setI(1).build());
    return product;
  }

  private static GraphNode quantised(GraphNode node, NodeOutput x) {
    int ranges = fusedOps(node).contains("Add") ? 4 : 3;
    List<NodeOutput> inputs = new ArrayList<>(List.of(x, node.input(1), node.input(2)));
    inputs.addAll(node.inputs().subList(ranges, ranges + 4));
    GraphNode product = copy(node, inputs);
    product.attributes().put("fused_ops", strings(List.of("BiasAdd", "Dequantize")));
    List<DataType> types = new ArrayList<>(List.of(DataType.DT_QUINT8, DataType.DT_QINT8));
    types.addAll(Collections.nCopies(5, DataType.DT_FLOAT));
    product.attributes().put("Thost_inputs", types(types));
    product.attributes().put("Thost_outputs", types(List.of(DataType.DT_FLOAT)));
    product.setType("U", DataType.DT_FLOAT);
    product.setType("Tout", DataType.DT_FLOAT);
    return product;
  }

  private static GraphNode copy(GraphNode node, List<NodeOutput> inputs) {
    GraphNode copy = new GraphNode(node.name(), node.op());
    copy.attributes().putAll(node.attributes());
    copy.inputs().addAll(inputs);
    return copy;
  }

  private static AttrValue strings(List<String> values) {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    values.forEach(value -> list.addS(ByteString.copyFromUtf8(value)));
    return AttrValue.newBuilder().setList(list).build();
  }

  private static AttrValue types(List<DataType> types) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllType(types))
        .build();
  }

  static boolean isProduct(GraphNode node) {
    return node.is(PRODUCT) || isQuantised(node);
  }

  private static boolean isQuantised(GraphNode node) {
    return node.is(QUANTISED);
  }

  /** What {@code product} does after the multiplication. */
  static List<String> fusedOps(GraphNode product) {
    return product.attribute("fused_ops").getList().getSList().stream()
        .map(ByteString::toStringUtf8)
        .toList();
  }

  /** Values in, values out. */
  static List<Long> kernelShape(GraphNode product) {
    GraphNode kernel = product.input(1).node();
    Weight weight = isQuantised(product) ? kernel.input(0).node().weight() : kernel.weight();
    if (weight == null) {
      throw new IllegalStateException("node " + product + ": no weight (expected: its kernel)");
    }
    return weight.shape();
  }

  /** Name of the separate product for {@code node} in a graph built with {@link #PREFIX}. */
  static String name(GraphNode node) {
    return PREFIX + node.name();
  }

  FlatGraph graph() {
    return new FlatGraph(products);
  }

  /** Tensors for the placeholders of {@link #graph}; closed with this object. */
  Map<String, Tensor> feeds() {
    return Map.copyOf(feeds);
  }

  private NodeOutput input(long rows, GraphNode product) {
    long width = kernelShape(product).get(0);
    DataType type =
        isQuantised(product)
            ? DataType.DT_UINT8
            : product.input(1).node().attribute("dtype").getType();
    GraphNode input =
        inputs.computeIfAbsent(
            PREFIX + "input_" + rows + "x" + width + "_" + type,
            name -> placeholder(name, type, Shape.of(rows, width)));
    if (!isQuantised(product)) {
      return input.output();
    }
    GraphNode quantised = new GraphNode(product.name() + "/input", "Bitcast");
    quantised.inputs().add(input.output());
    quantised.setType("type", DataType.DT_QUINT8);
    return quantised.output();
  }

  private GraphNode placeholder(String name, DataType type, Shape shape) {
    GraphNode placeholder = new GraphNode(name, "Placeholder");
    placeholder.setType("dtype", type);
    placeholder
        .attributes()
        .put(
            "shape",
            AttrValue.newBuilder()
                .setShape(TensorShapeProto.newBuilder().setUnknownRank(true))
                .build());
    Tensor values =
        switch (type) {
          case DT_FLOAT -> Tensor.of(TFloat32.class, shape);
          case DT_UINT8 -> Tensor.of(TUint8.class, shape);
          default -> Tensor.of(TBfloat16.class, shape);
        };
    byte[] bytes = new byte[Math.toIntExact(values.numBytes())];
    Arrays.fill(bytes, ANY_NUMBER);
    values.asRawTensor().data().write(bytes);
    feeds.put(name, values);
    return placeholder;
  }

  @Override
  public void close() {
    feeds.values().forEach(Tensor::close);
  }
}
