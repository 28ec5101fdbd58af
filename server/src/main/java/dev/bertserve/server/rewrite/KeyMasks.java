package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** Finds which tensors of a graph are functions of the mask; each op is looked at once. */
final class KeyMasks {

  private final TensorShapes shapes;
  private final Map<GraphNode, @Nullable KeyMask> known = new HashMap<>();

  KeyMasks(TensorShapes shapes) {
    this.shapes = shapes;
  }

  /** What {@code tensor} is as a function of the mask; null if it is something else. */
  @Nullable KeyMask of(NodeOutput tensor) {
    GraphNode node = tensor.node();
    if (!known.containsKey(node)) {
      known.put(node, derived(node));
    }
    return known.get(node);
  }

  private @Nullable KeyMask derived(GraphNode node) {
    return switch (node.op()) {
      case "Placeholder" ->
          node.name().equals(Ops.MASK_INPUT) ? new KeyMask(node.output(), 0, 1, 0) : null;
      case "Cast" -> isOfIds(node) ? ofIds(node) : cast(node, of(node.input(0)));
      case "ExpandDims", "Reshape", "Squeeze", "BroadcastTo", "StridedSlice" -> moved(node);
      case "Neg" -> mapped(of(node.input(0)), value -> -value);
      case "LogicalNot" -> mapped(of(node.input(0)), value -> 1 - value);
      case "SelectV2" -> selected(node);
      default -> isOfIds(node) ? ofIds(node) : combined(node);
    };
  }

  /** Whether {@code tensor}, which is {@code mask}, says of each row which keys are tokens. */
  boolean isOfKeys(KeyMask mask, NodeOutput tensor) {
    List<Dimension> shape = shapes.of(tensor);
    return mask.axis() == 0
        && shape != null
        && shape.size() == 4
        && shape.get(0).equals(Dimension.ROWS);
  }

  private static boolean isOfIds(GraphNode node) {
    return switch (node.op()) {
      case KeyMask.FROM_IDS, "Equal" ->
          KeyMask.isIds(node.input(0)) && !Float.isNaN(Match.anyScalar(node.input(1)));
      case "Greater" -> KeyMask.isIds(node.input(0)) && Match.anyScalar(node.input(1)) == 0;
      case "Minimum" -> KeyMask.isIds(node.input(0)) && Match.anyScalar(node.input(1)) == 1;
      case "Sign" -> KeyMask.isIds(node.input(0));
      case "Cast" ->
          KeyMask.isIds(node.input(0)) && node.attribute("DstT").getType() == DataType.DT_BOOL;
      default -> false;
    };
  }

  private static KeyMask ofIds(GraphNode comparison) {
    boolean isPadding = comparison.is("Equal");
    NodeOutput ids = comparison.input(0);
    NodeOutput padding;
    if (isPadding || comparison.is(KeyMask.FROM_IDS)) {
      padding = comparison.input(1);
    } else {
      while (Match.is(ids, "Cast")) {
        ids = ids.node().input(0);
      }
      padding = Constants.ofInt(comparison.name() + "/padding", 0).output();
    }
    GraphNode tokens = new GraphNode(comparison.name() + "/tokens", KeyMask.FROM_IDS);
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
  private @Nullable KeyMask moved(GraphNode node) {
    KeyMask mask = of(node.input(0));
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
    int before = from.size() - 1 - mask.axis();
    int others = withoutOnes(from.subList(0, before)).size();
    for (int axis = 0; axis < to.size(); axis++) {
      if (!to.get(axis).is(1) && others-- == 0) {
        return new KeyMask(mask.mask(), to.size() - 1 - axis, mask.atToken(), mask.atPadding());
      }
    }
    return null;
  }

  private static List<Dimension> withoutOnes(List<Dimension> shape) {
    return shape.stream().filter(size -> !size.is(1)).toList();
  }

  private @Nullable KeyMask selected(GraphNode select) {
    KeyMask condition = of(select.input(0));
    KeyMask yes = operand(select.input(1), condition);
    KeyMask no = operand(select.input(2), condition);
    if (condition == null || yes == null || no == null) {
      return null;
    }
    return new KeyMask(
        condition.mask(),
        condition.axis(),
        condition.atToken() == 0 ? no.atToken() : yes.atToken(),
        condition.atPadding() == 0 ? no.atPadding() : yes.atPadding());
  }

  private @Nullable KeyMask combined(GraphNode node) {
    Arithmetic arithmetic = arithmetic(node.op());
    if (arithmetic == null) {
      return null;
    }
    KeyMask first = of(node.input(0));
    KeyMask second = operand(node.input(1), first);
    if (first == null) {
      first = operand(node.input(0), second);
    }
    return first == null || second == null
        ? null
        : new KeyMask(
            first.mask(),
            first.axis(),
            arithmetic.of(first.atToken(), second.atToken()),
            arithmetic.of(first.atPadding(), second.atPadding()));
  }

  /** {@code tensor} as a mask over the same keys as {@code other}; null if it is not. */
  private @Nullable KeyMask operand(NodeOutput tensor, @Nullable KeyMask other) {
    float constant = Match.uniform(tensor);
    if (other != null && !Float.isNaN(constant)) {
      return new KeyMask(other.mask(), other.axis(), constant, constant);
    }
    KeyMask mask = of(tensor);
    return other == null || (mask != null && mask.isAlong(other)) ? mask : null;
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
        : new KeyMask(
            mask.mask(), mask.axis(), function.of(mask.atToken()), function.of(mask.atPadding()));
  }

  private interface Function {
    float of(float value);
  }

  private interface Arithmetic {
    float of(float first, float second);
  }
}
