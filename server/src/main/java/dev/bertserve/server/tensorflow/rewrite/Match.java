package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import dev.bertserve.server.tensorflow.graph.Weight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/** Questions that patterns ask of a graph; null or NaN is "no". */
final class Match {

  private Match() {}

  /** Puts what {@code rewrite} answers, if anything, in the place of each node. */
  static int each(FlatGraph graph, Function<GraphNode, @Nullable GraphNode> rewrite) {
    Map<GraphNode, GraphNode> replacements = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      GraphNode replacement = rewrite.apply(node);
      if (replacement != null) {
        replacements.put(node, replacement);
      }
    }
    graph.replaceReads(
        tensor -> {
          GraphNode replacement = replacements.get(tensor.node());
          return replacement == null ? tensor : replacement.output();
        });
    return replacements.size();
  }

  /** How many nodes are such. */
  static int count(FlatGraph graph, Predicate<GraphNode> wanted) {
    return Math.toIntExact(graph.nodes().stream().filter(wanted).count());
  }

  static boolean is(NodeOutput tensor, String op) {
    return tensor.node().is(op);
  }

  static boolean isAdd(GraphNode node) {
    return node.is("AddV2") || node.is("Add") || node.is("BiasAdd");
  }

  /** The operand of a commutative op of two that {@code wanted} likes, then the other one. */
  static @Nullable List<NodeOutput> either(GraphNode node, Predicate<NodeOutput> wanted) {
    NodeOutput first = node.input(0);
    NodeOutput second = node.input(1);
    if (wanted.test(first)) {
      return List.of(first, second);
    }
    return wanted.test(second) ? List.of(second, first) : null;
  }

  static @Nullable Weight weight(NodeOutput tensor) {
    Weight weight = tensor.node().weight();
    return weight != null && weight.type() == DataType.DT_FLOAT ? weight : null;
  }

  /** The one float that {@code tensor} always holds; NaN where it does not. */
  static float scalar(NodeOutput tensor) {
    if (!is(tensor, "Const") || tensor.node().weight() != null) {
      return Float.NaN;
    }
    TensorProto value = tensor.node().attribute("value").getTensor();
    long count =
        value.getTensorShape().getDimList().stream()
            .flatMapToLong(dimension -> LongStream.of(dimension.getSize()))
            .reduce(1, (a, b) -> a * b);
    if (value.getDtype() != DataType.DT_FLOAT || count != 1) {
      return Float.NaN;
    }
    if (value.getFloatValCount() > 0) {
      return value.getFloatVal(0);
    }
    ByteBuffer content = value.getTensorContent().asReadOnlyByteBuffer();
    return content.remaining() < Float.BYTES
        ? 0
        : content.order(ByteOrder.LITTLE_ENDIAN).getFloat();
  }

  /** Whether {@code tensor} always holds one float within a few units of {@code expected}. */
  static boolean isScalar(NodeOutput tensor, double expected) {
    return Math.abs(scalar(tensor) - expected) <= 1e-6 * Math.abs(expected);
  }

  /** The other operand of a product with a constant that {@code factor} likes. */
  static @Nullable NodeOutput times(NodeOutput tensor, Predicate<NodeOutput> factor) {
    List<NodeOutput> operands = is(tensor, "Mul") ? either(tensor.node(), factor) : null;
    return operands == null ? null : operands.get(1);
  }

  /** How many times each node is read. */
  static Map<GraphNode, Integer> reads(FlatGraph graph) {
    Map<GraphNode, Integer> reads = new HashMap<>();
    graph.outputs().values().forEach(tensor -> reads.merge(tensor.node(), 1, Integer::sum));
    for (GraphNode node : graph.nodes()) {
      node.inputs().forEach(input -> reads.merge(input.node(), 1, Integer::sum));
    }
    return reads;
  }

  static GraphNode node(String op, GraphNode origin, NodeOutput... inputs) {
    GraphNode node = new GraphNode(origin.name(), op);
    node.inputs().addAll(List.of(inputs));
    return node;
  }

  static AttrValue number(float value) {
    return AttrValue.newBuilder().setF(value).build();
  }

  static AttrValue number(long value) {
    return AttrValue.newBuilder().setI(value).build();
  }

  static AttrValue flag(boolean value) {
    return AttrValue.newBuilder().setB(value).build();
  }
}
