package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** Evaluates the integer arithmetic with which a graph computes shapes. */
final class ShapeArithmetic {

  private final TensorShapes shapes;

  ShapeArithmetic(TensorShapes shapes) {
    this.shapes = shapes;
  }

  /** The elements of {@code tensor}, a scalar or a vector; null if they are not known. */
  @Nullable List<Dimension> elements(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case "Const" -> constant(node);
      case "Shape" -> shapes.of(node.input(0));
      case "Unpack" -> element(node, tensor.index());
      case "Cast", "Identity", "ExpandDims", "Squeeze" -> elements(node.input(0));
      case "Reshape" -> isVector(node.input(1)) ? elements(node.input(0)) : null;
      case "Pack" -> joined(node.inputs());
      case "ConcatV2" -> joined(node.inputs().subList(0, node.inputs().size() - 1));
      case "StridedSlice" -> Slices.elements(node, this);
      case "GatherV2" -> picked(node);
      case "Prod" -> product(elements(node.input(0)));
      case "Mul" -> combined(node, Dimension::times);
      case "Add", "AddV2" -> combined(node, ShapeArithmetic::sum);
      case "FloorDiv" -> combined(node, Dimension::dividedBy);
      case "Sub" -> combined(node, ShapeArithmetic::difference);
      default -> null;
    };
  }

  private static @Nullable List<Dimension> constant(GraphNode node) {
    if (node.weight() != null) {
      return null;
    }
    DataType type = node.attribute("dtype").getType();
    if (type != DataType.DT_INT32 && type != DataType.DT_INT64) {
      return null;
    }
    return Arrays.stream(Constants.integers(node.output())).mapToObj(Dimension::of).toList();
  }

  private @Nullable List<Dimension> element(GraphNode unpack, int index) {
    List<Dimension> vector = elements(unpack.input(0));
    return vector == null || index >= vector.size() ? null : List.of(vector.get(index));
  }

  private boolean isVector(NodeOutput shape) {
    List<Dimension> dimensions = elements(shape);
    return dimensions != null && dimensions.size() <= 1;
  }

  private @Nullable List<Dimension> joined(List<NodeOutput> tensors) {
    List<Dimension> joined = new ArrayList<>();
    for (NodeOutput tensor : tensors) {
      List<Dimension> part = elements(tensor);
      if (part == null) {
        return null;
      }
      joined.addAll(part);
    }
    return joined;
  }

  private @Nullable List<Dimension> picked(GraphNode gather) {
    List<Dimension> vector = elements(gather.input(0));
    List<Dimension> indices = elements(gather.input(1));
    if (vector == null || indices == null) {
      return null;
    }
    List<Dimension> picked = new ArrayList<>();
    for (Dimension index : indices) {
      if (!index.isConstant() || index.factor() < 0 || index.factor() >= vector.size()) {
        return null;
      }
      picked.add(vector.get((int) index.factor()));
    }
    return picked;
  }

  private static @Nullable List<Dimension> product(@Nullable List<Dimension> factors) {
    return factors == null ? null : List.of(Dimension.product(factors));
  }

  private @Nullable List<Dimension> combined(
      GraphNode node, BinaryOperator<@Nullable Dimension> operator) {
    List<Dimension> first = elements(node.input(0));
    List<Dimension> second = elements(node.input(1));
    if (first == null || second == null || first.size() != 1 || second.size() != 1) {
      return null;
    }
    Dimension result = operator.apply(first.get(0), second.get(0));
    return result == null ? null : List.of(result);
  }

  private static @Nullable Dimension sum(Dimension first, Dimension second) {
    if (first.factor() == 0 || second.factor() == 0) {
      return first.factor() == 0 ? second : first;
    }
    return first.rows() == second.rows() && first.length() == second.length()
        ? new Dimension(first.factor() + second.factor(), first.rows(), first.length())
        : null;
  }

  private static @Nullable Dimension difference(Dimension first, Dimension second) {
    return sum(first, new Dimension(-second.factor(), second.rows(), second.length()));
  }
}
