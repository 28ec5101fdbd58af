package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/** Tests and lookups for patterns; null or NaN means that a pattern does not match. */
final class Match {

  private Match() {}

  /** Replaces each node for which {@code rewrite} returns a node; returns how many. */
  static int replaceEach(FlatGraph graph, Function<GraphNode, @Nullable GraphNode> rewrite) {
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

  /** The number of nodes that satisfy {@code wanted}. */
  static int count(FlatGraph graph, Predicate<GraphNode> wanted) {
    return Math.toIntExact(graph.nodes().stream().filter(wanted).count());
  }

  static boolean is(NodeOutput tensor, String op) {
    return tensor.node().is(op);
  }

  static boolean isAdd(GraphNode node) {
    return node.is("AddV2") || node.is("Add") || node.is("BiasAdd");
  }

  /**
   * Both operands of a binary op, first the one that satisfies {@code wanted}; null if none does.
   */
  static @Nullable List<NodeOutput> matchingFirst(GraphNode node, Predicate<NodeOutput> wanted) {
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

  /** The value of a constant float32 tensor of one element; NaN for any other tensor. */
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

  /** The value of a constant of one element, of any number type; NaN for any other tensor. */
  static float anyScalar(NodeOutput tensor) {
    float value = scalar(tensor);
    if (!Float.isNaN(value) || !is(tensor, "Const") || tensor.node().weight() != null) {
      return value;
    }
    return switch (tensor.node().attribute("dtype").getType()) {
      case DT_INT32, DT_INT64, DT_BOOL -> {
        long[] values = Constants.integers(tensor);
        yield values.length == 1 ? values[0] : Float.NaN;
      }
      default -> Float.NaN;
    };
  }

  /** The value of a tensor whose elements are all the same constant; NaN for any other tensor. */
  static float uniform(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case "Fill" -> uniform(node.input(1));
      case "OnesLike" -> 1;
      case "ZerosLike" -> 0;
      case "Cast", "Reshape", "ExpandDims", "BroadcastTo" -> uniform(node.input(0));
      default -> anyScalar(tensor);
    };
  }

  /** Whether {@code tensor} is a constant scalar with {@code expected}'s value, up to rounding. */
  static boolean isScalar(NodeOutput tensor, double expected) {
    return Math.abs(scalar(tensor) - expected) <= 1e-6 * Math.abs(expected);
  }

  /** The operand of a product whose other operand satisfies {@code factor}; else null. */
  static @Nullable NodeOutput otherFactor(NodeOutput tensor, Predicate<NodeOutput> factor) {
    List<NodeOutput> operands = is(tensor, "Mul") ? matchingFirst(tensor.node(), factor) : null;
    return operands == null ? null : operands.get(1);
  }

  /** The number of times that each node is read. */
  static Map<GraphNode, Integer> readCounts(FlatGraph graph) {
    Map<GraphNode, Integer> counts = new HashMap<>();
    graph.outputs().values().forEach(tensor -> counts.merge(tensor.node(), 1, Integer::sum));
    for (GraphNode node : graph.nodes()) {
      node.inputs().forEach(input -> counts.merge(input.node(), 1, Integer::sum));
    }
    return counts;
  }

  /** The nodes that read each node; an output of the graph has no reader. */
  static Map<GraphNode, Set<GraphNode>> readers(FlatGraph graph) {
    Map<GraphNode, Set<GraphNode>> readers = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      for (NodeOutput input : node.inputs()) {
        readers.computeIfAbsent(input.node(), read -> new HashSet<>()).add(node);
      }
    }
    return readers;
  }

  /** A constant of {@code weight} that replaces {@code origin} and has its name. */
  static NodeOutput constant(NodeOutput origin, Weight weight) {
    return new GraphNode(origin.node().name(), weight).output();
  }

  /** A node that replaces {@code origin} and has its name. */
  static GraphNode node(String op, GraphNode origin, NodeOutput... inputs) {
    return node(op, origin.name(), inputs);
  }

  static GraphNode node(String op, String name, NodeOutput... inputs) {
    GraphNode node = new GraphNode(name, op);
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
