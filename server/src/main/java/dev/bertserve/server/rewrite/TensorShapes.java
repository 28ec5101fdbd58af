package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;

/**
 * Shapes of tensors, derived from the ops that produce them: token inputs are [rows, length], and
 * every other size is proven from there. Null means that a shape is not known.
 */
final class TensorShapes {

  private static final String OF_ONE_TENSOR =
      "Cast|Softmax|Rsqrt|Sqrt|Square|Neg|Tanh|Erf|Erfc|Relu|Sigmoid|Exp|Identity|LogicalNot"
          + "|OnesLike|ZerosLike|Reciprocal|BiasAdd|Cumsum|Relu6|LeakyRelu|Elu|Selu|Softplus|Sign";

  private static final String OF_SEVERAL_TENSORS =
      "Add|AddV2|Sub|Mul|RealDiv|Pow|SquaredDifference|Maximum|Minimum|Equal|NotEqual|Less"
          + "|LessEqual|Greater|GreaterEqual|LogicalAnd|LogicalOr|SelectV2";

  private final ShapeArithmetic arithmetic = new ShapeArithmetic(this);
  private final Sizes sizes;
  private final Map<GraphNode, @Nullable List<Dimension>> known = new HashMap<>();

  /** {@code fixedLength} is the length of all rows; 0 if rows of any length give their answers. */
  TensorShapes(int fixedLength) {
    sizes = new Sizes(fixedLength);
  }

  /** The shape of the first output of a node; null if it is not known. */
  @Nullable List<Dimension> of(NodeOutput tensor) {
    if (tensor.index() > 0) {
      return null;
    }
    GraphNode node = tensor.node();
    if (!known.containsKey(node)) {
      known.put(node, derived(node));
    }
    return known.get(node);
  }

  /** The elements of an integer tensor that depends on shapes and constants only, else null. */
  @Nullable List<Dimension> elements(NodeOutput tensor) {
    return arithmetic.elements(tensor);
  }

  /** Whether {@code tensor} has {@code rank} dimensions, the first two of them the tokens. */
  boolean isOfTokens(NodeOutput tensor, int rank) {
    List<Dimension> shape = of(tensor);
    return shape != null
        && shape.size() == rank
        && shape.get(0).equals(Dimension.ROWS)
        && shape.get(1).equals(Dimension.LENGTH);
  }

  /** Whether {@code size} is the length of all rows, by that name or as a number. */
  boolean isFixedLength(Dimension size) {
    return sizes.isLength(size);
  }

  /** Whether the shape of {@code tensor} is known and not [rows, length, width]. */
  boolean isKnownOtherThanTokens(NodeOutput tensor) {
    return of(tensor) != null && !isOfTokens(tensor, 3);
  }

  /** The only element of {@code axes}, counted from the first of {@code rank}; -1 if it is not. */
  static int axis(NodeOutput axes, int rank) {
    if (!axes.node().is("Const") || axes.node().weight() != null) {
      return -1;
    }
    long[] values = Constants.integers(axes);
    if (values.length != 1) {
      return -1;
    }
    return (int) (values[0] < 0 ? values[0] + rank : values[0]);
  }

  private @Nullable List<Dimension> derived(GraphNode node) {
    return switch (node.op()) {
      case "Placeholder" -> placeholder(node);
      case "Const" -> constant(node);
      case "Reshape" -> reshaped(node);
      case "BroadcastTo" -> broadcastTo(node);
      case "Fill" -> elements(node.input(0));
      case "Range" -> range(node);
      case "ExpandDims" -> expanded(node);
      case "Squeeze" -> squeezed(node);
      case "Transpose" -> transposed(node);
      case "MatMul" -> product(node, "transpose_a", "transpose_b");
      case "BatchMatMulV2", "BatchMatMul" -> product(node, "adj_x", "adj_y");
      case "Einsum" -> Equation.shape(node, this);
      case "Mean", "Sum", "Max", "Min" -> reduced(node);
      case "GatherV2" -> gathered(node);
      case "OneHot" -> oneHot(node);
      case "StridedSlice" -> Slices.shape(node, this);
      case "Slice" -> Slices.sizes(node, this);
      case Ops.EMBEDDING, Ops.POSITIONS -> embedded(node);
      case Ops.DENSE -> projected(node);
      case Ops.FIRST_TOKEN -> firstTokens(node);
      case Ops.GELU, Ops.LAYER_NORM, Ops.ATTENTION -> of(node.input(0));
      default -> elementwise(node);
    };
  }

  private @Nullable List<Dimension> elementwise(GraphNode node) {
    if (node.op().matches(OF_ONE_TENSOR)) {
      return of(node.input(0));
    }
    return node.is(Ops.JOIN) || node.op().matches(OF_SEVERAL_TENSORS)
        ? broadcast(node.inputs())
        : null;
  }

  private static @Nullable List<Dimension> placeholder(GraphNode node) {
    AttrValue shape = node.attributes().get("shape");
    return shape != null && shape.getShape().getDimCount() == 2 && !RowInputs.is(node)
        ? List.of(Dimension.ROWS, Dimension.LENGTH)
        : null;
  }

  private static List<Dimension> constant(GraphNode node) {
    return node.weight() != null
        ? node.weight().shape().stream().map(Dimension::of).toList()
        : node.attribute("value").getTensor().getTensorShape().getDimList().stream()
            .map(dimension -> Dimension.of(dimension.getSize()))
            .toList();
  }

  private @Nullable List<Dimension> reshaped(GraphNode node) {
    List<Dimension> from = of(node.input(0));
    List<Dimension> to = elements(node.input(1));
    if (to == null || from == null) {
      return to == null || to.contains(Dimension.of(-1)) ? null : to;
    }
    return sizes.reshaped(from, to);
  }

  /** The target of a broadcast; a number that stands for the length of all rows is the length. */
  private @Nullable List<Dimension> broadcastTo(GraphNode node) {
    List<Dimension> from = of(node.input(0));
    List<Dimension> to = elements(node.input(1));
    if (from == null || to == null) {
      return to;
    }
    return sizes.broadcast(from, to);
  }

  private @Nullable List<Dimension> range(GraphNode node) {
    List<Dimension> start = elements(node.input(0));
    List<Dimension> limit = elements(node.input(1));
    List<Dimension> delta = elements(node.input(2));
    return limit != null
            && List.of(Dimension.of(0)).equals(start)
            && List.of(Dimension.ONE).equals(delta)
        ? limit
        : null;
  }

  private @Nullable List<Dimension> expanded(GraphNode node) {
    List<Dimension> from = of(node.input(0));
    int axis = from == null ? -1 : axis(node.input(1), from.size() + 1);
    if (from == null || axis < 0) {
      return null;
    }
    List<Dimension> shape = new ArrayList<>(from);
    shape.add(axis, Dimension.ONE);
    return shape;
  }

  private @Nullable List<Dimension> squeezed(GraphNode node) {
    List<Dimension> from = of(node.input(0));
    List<Long> axes =
        node.attributes().containsKey("squeeze_dims")
            ? node.attribute("squeeze_dims").getList().getIList()
            : List.of();
    if (from == null || axes.isEmpty()) {
      return null;
    }
    return IntStream.range(0, from.size())
        .filter(i -> !axes.contains((long) i) && !axes.contains((long) i - from.size()))
        .mapToObj(from::get)
        .toList();
  }

  private @Nullable List<Dimension> transposed(GraphNode node) {
    List<Dimension> from = of(node.input(0));
    List<Dimension> order = elements(node.input(1));
    return from == null || order == null || order.size() != from.size()
        ? null
        : order.stream().map(axis -> from.get((int) axis.factor())).toList();
  }

  private @Nullable List<Dimension> product(GraphNode node, String flipFirst, String flipSecond) {
    List<Dimension> first = of(node.input(0));
    List<Dimension> second = of(node.input(1));
    if (first == null || second == null || first.size() < 2 || second.size() < 2) {
      return null;
    }
    List<Dimension> left = first.subList(0, first.size() - 2);
    List<Dimension> right = second.subList(0, second.size() - 2);
    List<Dimension> outer = sizes.broadcast(left, right);
    if (outer == null) {
      return null;
    }
    List<Dimension> shape = new ArrayList<>(outer);
    shape.add(first.get(first.size() - (node.flag(flipFirst) ? 1 : 2)));
    shape.add(second.get(second.size() - (node.flag(flipSecond) ? 2 : 1)));
    return shape;
  }

  private @Nullable List<Dimension> reduced(GraphNode node) {
    List<Dimension> from = of(node.input(0));
    int axis = from == null ? -1 : axis(node.input(1), from.size());
    if (from == null || axis < 0) {
      return null;
    }
    List<Dimension> shape = new ArrayList<>(from);
    if (node.flag("keep_dims")) {
      shape.set(axis, Dimension.ONE);
    } else {
      shape.remove(axis);
    }
    return shape;
  }

  /** Rows of a table; other gathers are not derived. */
  private @Nullable List<Dimension> gathered(GraphNode node) {
    List<Dimension> table = of(node.input(0));
    List<Dimension> indices = of(node.input(1));
    if (table == null
        || indices == null
        || node.number("batch_dims") != 0
        || axis(node.input(2), table.size()) != 0) {
      return null;
    }
    List<Dimension> shape = new ArrayList<>(indices);
    shape.addAll(table.subList(1, table.size()));
    return shape;
  }

  private @Nullable List<Dimension> oneHot(GraphNode node) {
    List<Dimension> indices = of(node.input(0));
    List<Dimension> depth = elements(node.input(1));
    return indices == null || depth == null ? null : appended(indices, depth.get(0));
  }

  private static List<Dimension> embedded(GraphNode node) {
    List<Long> table = LoweredWeights.of(node.input(0)).shape();
    return List.of(Dimension.ROWS, Dimension.LENGTH, Dimension.of(table.get(1)));
  }

  private @Nullable List<Dimension> projected(GraphNode node) {
    List<Dimension> from = of(node.input(0));
    long width = LoweredWeights.of(node.input(1)).shape().get(1);
    long heads = node.attribute(Ops.HEADS).getI();
    if (from == null) {
      return null;
    }
    List<Dimension> tokens = from.subList(0, TokenTensor.isFirstOnly(node.output()) ? 1 : 2);
    return heads == 0
        ? appended(tokens, Dimension.of(width))
        : appended(appended(tokens, Dimension.of(heads)), Dimension.of(width / heads));
  }

  private @Nullable List<Dimension> firstTokens(GraphNode node) {
    List<Dimension> from = of(node.input(0));
    if (from == null) {
      return null;
    }
    List<Dimension> shape = new ArrayList<>(from);
    shape.remove(1);
    return shape;
  }

  private static List<Dimension> appended(List<Dimension> shape, Dimension last) {
    List<Dimension> appended = new ArrayList<>(shape);
    appended.add(last);
    return appended;
  }

  private @Nullable List<Dimension> broadcast(List<NodeOutput> tensors) {
    List<Dimension> shape = List.of();
    for (NodeOutput tensor : tensors) {
      List<Dimension> next = of(tensor);
      shape = next == null || shape == null ? null : sizes.broadcast(shape, next);
    }
    return shape;
  }
}
