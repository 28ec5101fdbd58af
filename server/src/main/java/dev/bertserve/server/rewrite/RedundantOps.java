package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import dev.bertserve.server.graph.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Ops that only reshape, or that change nothing. */
final class RedundantOps implements CanonicalForms.Spelling {

  private final TensorShapes shapes;
  private final Map<ReshapedKey, NodeOutput> reshaped = new HashMap<>();

  private record ReshapedKey(GraphNode constant, List<Long> shape) {}

  RedundantOps(TensorShapes shapes) {
    this.shapes = shapes;
  }

  @Override
  public @Nullable NodeOutput canonical(GraphNode node) {
    return switch (node.op()) {
      case "Reshape" -> changesNothing(node) ? node.input(0) : reshape(node);
      case "ExpandDims", "Squeeze" -> weight(node);
      case "BroadcastTo", "Tile" -> changesNothing(node) ? node.input(0) : null;
      case "StridedSlice" -> takesAll(node) ? node.input(0) : null;
      case "Transpose" -> isIdentity(node) ? node.input(0) : null;
      case "SelectV2" -> unguarded(node);
      default -> null;
    };
  }

  private boolean changesNothing(GraphNode node) {
    List<Dimension> from = shapes.of(node.input(0));
    return from != null && from.equals(shapes.of(node.output()));
  }

  private @Nullable NodeOutput reshape(GraphNode reshape) {
    NodeOutput x = reshape.input(0);
    if (Match.is(x, "Reshape")) {
      return Match.node("Reshape", reshape, x.node().input(0), reshape.input(1)).output();
    }
    NodeOutput weight = weight(reshape);
    return weight == null ? lookUp(reshape) : weight;
  }

  /** A weight that is reshaped is another weight. */
  private @Nullable NodeOutput weight(GraphNode node) {
    Weight weight = Match.weight(node.input(0));
    List<Dimension> shape = weight == null ? null : shapes.of(node.output());
    if (weight == null || shape == null || !shape.stream().allMatch(Dimension::isConstant)) {
      return null;
    }
    List<Long> sizes = shape.stream().map(Dimension::factor).toList();
    return reshaped.computeIfAbsent(
        new ReshapedKey(node.input(0).node(), sizes),
        key -> reshaped(key.constant(), weight, sizes));
  }

  static NodeOutput reshaped(GraphNode constant, Weight weight, List<Long> shape) {
    String sizes = shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
    return new GraphNode(constant.name() + "/" + sizes, weight.reshaped(shape)).output();
  }

  /** Rows of a table for flattened indices, reshaped back to the shape of the indices. */
  private @Nullable NodeOutput lookUp(GraphNode reshape) {
    GraphNode gather = reshape.input(0).node();
    if (!gather.is("GatherV2")
        || !Match.is(gather.input(1), "Reshape")
        || shapes.of(gather.output()) == null) {
      return null;
    }
    List<Dimension> table = shapes.of(gather.input(0));
    NodeOutput indices = gather.input(1).node().input(0);
    List<Dimension> shape = shapes.of(indices);
    if (table == null || shape == null) {
      return null;
    }
    List<Dimension> expected = new ArrayList<>(shape);
    expected.addAll(table.subList(1, table.size()));
    if (!expected.equals(shapes.of(reshape.output()))) {
      return null;
    }
    GraphNode direct = Match.node("GatherV2", reshape, gather.input(0), indices, gather.input(2));
    direct.attributes().putAll(gather.attributes());
    return direct.output();
  }

  private boolean isIdentity(GraphNode transpose) {
    List<Dimension> order = shapes.elements(transpose.input(1));
    return order != null
        && IntStream.range(0, order.size()).allMatch(axis -> order.get(axis).is(axis));
  }

  private boolean takesAll(GraphNode slice) {
    List<Dimension> from = shapes.of(slice.input(0));
    return slice.number("shrink_axis_mask") == 0
        && slice.number("new_axis_mask") == 0
        && from != null
        && from.equals(shapes.of(slice.output()));
  }

  /** {@code ids < 0 ? .. : ids}: token ids are never negative. */
  private static @Nullable NodeOutput unguarded(GraphNode select) {
    GraphNode less = select.input(0).node();
    NodeOutput ids = select.input(2);
    NodeOutput source = ids;
    while (Match.is(source, "Cast")) {
      source = source.node().input(0);
    }
    return less.is("Less")
            && less.input(0).equals(ids)
            && isZero(less.input(1))
            && (Match.uniform(source) >= 0
                || (Match.is(source, "Placeholder") && !RowInputs.is(source.node())))
        ? ids
        : null;
  }

  private static boolean isZero(NodeOutput tensor) {
    return Match.anyScalar(tensor) == 0;
  }
}
