package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * A tensor whose values depend on nothing but whether a key is a token or padding, in any spelling.
 *
 * @param mask the int32 tensor of [rows, length] with 1 for tokens and 0 for padding
 * @param axis the axis of the keys, counted from the last; 0 is the last
 * @param atToken the value for a token; booleans are 0 and 1
 * @param atPadding the value for padding
 */
record KeyMask(NodeOutput mask, int axis, float atToken, float atPadding) {

  /** A mask whose tokens are told from padding by their ids, as an int32 tensor. */
  static final String FROM_IDS = "NotEqual";

  /** What {@code tensor} is as a function of the mask; null if it is something else. */
  static @Nullable KeyMask of(NodeOutput tensor, TensorShapes shapes) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case "Placeholder" ->
          node.name().equals(Ops.MASK_INPUT) ? new KeyMask(tensor, 0, 1, 0) : null;
      case "Cast" -> isOfIds(node) ? ofIds(node) : cast(node, of(node.input(0), shapes));
      case "ExpandDims", "Reshape", "Squeeze", "BroadcastTo", "StridedSlice" -> moved(node, shapes);
      case "Neg" -> mapped(of(node.input(0), shapes), value -> -value);
      case "LogicalNot" -> mapped(of(node.input(0), shapes), value -> 1 - value);
      case "SelectV2" -> selected(node, shapes);
      default -> isOfIds(node) ? ofIds(node) : combined(node, shapes);
    };
  }

  /** Whether {@code tensor}, which is such a function, says of each row which keys are tokens. */
  boolean isOfKeys(NodeOutput tensor, TensorShapes shapes) {
    List<Dimension> shape = shapes.of(tensor);
    return axis == 0 && shape != null && shape.size() == 4 && shape.get(0).equals(Dimension.ROWS);
  }

  /** Whether the mask is a comparison of token ids with the id of padding. */
  static boolean isFromIds(NodeOutput mask) {
    GraphNode node = mask.node();
    return node.is("Cast")
        && Match.is(node.input(0), FROM_IDS)
        && isIds(node.input(0).node().input(0));
  }

  private static boolean isOfIds(GraphNode node) {
    return switch (node.op()) {
      case FROM_IDS, "Equal" ->
          isIds(node.input(0)) && !Float.isNaN(Match.anyScalar(node.input(1)));
      case "Greater" -> isIds(node.input(0)) && Match.anyScalar(node.input(1)) == 0;
      case "Minimum" -> isIds(node.input(0)) && Match.anyScalar(node.input(1)) == 1;
      case "Sign" -> isIds(node.input(0));
      case "Cast" -> isIds(node.input(0)) && node.attribute("DstT").getType() == DataType.DT_BOOL;
      default -> false;
    };
  }

  private static boolean isIds(NodeOutput tensor) {
    GraphNode node = tensor.node();
    if (node.is("Cast") && node.attribute("DstT").getType() == DataType.DT_INT64) {
      return isIds(node.input(0));
    }
    return node.is("Placeholder") && node.name().equals(Ops.IDS_INPUT);
  }

  private static KeyMask ofIds(GraphNode comparison) {
    boolean isPadding = comparison.is("Equal");
    NodeOutput ids = comparison.input(0);
    NodeOutput padding;
    if (isPadding || comparison.is(FROM_IDS)) {
      padding = comparison.input(1);
    } else {
      while (Match.is(ids, "Cast")) {
        ids = ids.node().input(0);
      }
      padding = Constants.ofInt(comparison.name() + "/padding", 0).output();
    }
    GraphNode tokens = new GraphNode(comparison.name() + "/tokens", FROM_IDS);
    tokens.inputs().addAll(List.of(ids, padding));
    GraphNode cast = new GraphNode(comparison.name() + "/mask", "Cast");
    cast.inputs().add(tokens.output());
    cast.setType("SrcT", DataType.DT_BOOL);
    cast.setType("DstT", DataType.DT_INT32);
    return new KeyMask(cast.output(), 0, isPadding ? 0 : 1, isPadding ? 1 : 0);
  }

  private static @Nullable KeyMask cast(GraphNode cast, @Nullable KeyMask mask) {
    return switch (cast.attribute("DstT").getType()) {
      case DT_BOOL -> mapped(mask, value -> value == 0 ? 0 : 1);
      case DT_FLOAT, DT_INT32, DT_INT64 -> mapped(mask, value -> value);
      default -> null;
    };
  }

  /** The same values along another axis. */
  private static @Nullable KeyMask moved(GraphNode node, TensorShapes shapes) {
    KeyMask mask = of(node.input(0), shapes);
    List<Dimension> from = mask == null ? null : shapes.of(node.input(0));
    List<Dimension> to = shapes.of(node.output());
    if (mask == null || from == null || to == null) {
      return null;
    }
    if (node.is("BroadcastTo")) {
      return mask;
    }
    if (!withoutOnes(from).equals(withoutOnes(to))) {
      return null;
    }
    int before = from.size() - 1 - mask.axis;
    int others = withoutOnes(from.subList(0, before)).size();
    for (int axis = 0; axis < to.size(); axis++) {
      if (!to.get(axis).is(1) && others-- == 0) {
        return new KeyMask(mask.mask, to.size() - 1 - axis, mask.atToken, mask.atPadding);
      }
    }
    return null;
  }

  private static List<Dimension> withoutOnes(List<Dimension> shape) {
    return shape.stream().filter(size -> !size.is(1)).toList();
  }

  private static @Nullable KeyMask selected(GraphNode select, TensorShapes shapes) {
    KeyMask condition = of(select.input(0), shapes);
    KeyMask yes = operand(select.input(1), condition, shapes);
    KeyMask no = operand(select.input(2), condition, shapes);
    if (condition == null || yes == null || no == null) {
      return null;
    }
    return new KeyMask(
        condition.mask,
        condition.axis,
        condition.atToken == 0 ? no.atToken : yes.atToken,
        condition.atPadding == 0 ? no.atPadding : yes.atPadding);
  }

  private static @Nullable KeyMask combined(GraphNode node, TensorShapes shapes) {
    Arithmetic arithmetic = arithmetic(node.op());
    if (arithmetic == null) {
      return null;
    }
    KeyMask first = of(node.input(0), shapes);
    KeyMask second = operand(node.input(1), first, shapes);
    if (first == null) {
      first = operand(node.input(0), second, shapes);
    }
    return first == null || second == null
        ? null
        : new KeyMask(
            first.mask,
            first.axis,
            arithmetic.of(first.atToken, second.atToken),
            arithmetic.of(first.atPadding, second.atPadding));
  }

  /** {@code tensor} as a mask over the same keys as {@code other}; null if it is not. */
  private static @Nullable KeyMask operand(
      NodeOutput tensor, @Nullable KeyMask other, TensorShapes shapes) {
    float constant = Match.uniform(tensor);
    if (other != null && !Float.isNaN(constant)) {
      return new KeyMask(other.mask, other.axis, constant, constant);
    }
    KeyMask mask = of(tensor, shapes);
    return other == null || (mask != null && mask.axis == other.axis && mask.isOf(other))
        ? mask
        : null;
  }

  private boolean isOf(KeyMask other) {
    return mask.equals(other.mask);
  }

  private static @Nullable Arithmetic arithmetic(String op) {
    return switch (op) {
      case "Add", "AddV2" -> (a, b) -> a + b;
      case "Sub" -> (a, b) -> a - b;
      case "Mul" -> (a, b) -> a * b;
      case "RealDiv" -> (a, b) -> a / b;
      case "Minimum" -> Math::min;
      case "Maximum" -> Math::max;
      case "LogicalAnd" -> (a, b) -> a != 0 && b != 0 ? 1 : 0;
      case "LogicalOr" -> (a, b) -> a != 0 || b != 0 ? 1 : 0;
      case "Equal" -> (a, b) -> a == b ? 1 : 0;
      case "NotEqual" -> (a, b) -> a != b ? 1 : 0;
      case "Less" -> (a, b) -> a < b ? 1 : 0;
      case "LessEqual" -> (a, b) -> a <= b ? 1 : 0;
      case "Greater" -> (a, b) -> a > b ? 1 : 0;
      case "GreaterEqual" -> (a, b) -> a >= b ? 1 : 0;
      default -> null;
    };
  }

  private static @Nullable KeyMask mapped(@Nullable KeyMask mask, Function function) {
    return mask == null
        ? null
        : new KeyMask(mask.mask, mask.axis, function.of(mask.atToken), function.of(mask.atPadding));
  }

  private interface Function {
    float of(float value);
  }

  private interface Arithmetic {
    float of(float first, float second);
  }
}
