package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a recognised graph gives the same answers however far rows are padded: as for {@link
 * PackRows}, but outputs may also depend on sums over the tokens in which the mask makes padding
 * zero, such as means, and on maxima in which it makes padding minus infinity.
 */
final class PaddedRows {

  private final TensorShapes shapes = new TensorShapes(0);
  private final Map<GraphNode, PackRows.Kind> kinds = new HashMap<>();

  private PaddedRows(FlatGraph graph) {
    for (GraphNode node : graph.nodes()) {
      List<PackRows.Kind> read =
          node.inputs().stream().map(input -> kinds.get(input.node())).toList();
      kinds.put(node, isMaskedPooling(node) ? PackRows.Kind.OF_ROWS : PackRows.kind(node, read));
    }
  }

  static boolean areOfAnyLength(FlatGraph graph) {
    PaddedRows rows = new PaddedRows(graph);
    return graph.outputs().values().stream()
        .allMatch(output -> rows.kinds.get(output.node()) == PackRows.Kind.OF_ROWS);
  }

  /** A sum over the tokens, or the largest of them, without padding. */
  private boolean isMaskedPooling(GraphNode node) {
    boolean isSum = node.is("Sum");
    if (!isSum && !node.is("Max")) {
      return false;
    }
    NodeOutput pooled = node.input(0);
    List<Dimension> shape = shapes.of(pooled);
    if (shape == null) {
      return false;
    }
    int axis = TensorShapes.axis(node.input(1), shape.size());
    if (isSum && isZeroAtPadding(pooled, shape.size(), axis)) {
      return true;
    }
    return shape.size() == 3
        && (isSelected(pooled.node(), isSum ? 0 : Float.NEGATIVE_INFINITY, axis)
            || (isSum
                && pooled.node().is("Mul")
                && (isMasked(pooled.node(), 0, axis) || isMasked(pooled.node(), 1, axis))));
  }

  /** Whether the mask selects {@code value} at padding, and else what is of tokens. */
  private boolean isSelected(GraphNode select, float value, int axis) {
    return select.is("SelectV2")
        && isZeroAtPadding(select.input(0), 3, axis)
        && kinds.get(select.input(1).node()) == PackRows.Kind.OF_TOKENS
        && Match.uniform(select.input(2)) == value;
  }

  /** Whether input {@code mask} of {@code product} is zero at padding, the other one of tokens. */
  private boolean isMasked(GraphNode product, int mask, int axis) {
    return isZeroAtPadding(product.input(mask), 3, axis)
        && kinds.get(product.input(1 - mask).node()) == PackRows.Kind.OF_TOKENS;
  }

  /** Whether {@code tensor} is a mask with its keys along {@code axis} of {@code rank}. */
  private boolean isZeroAtPadding(NodeOutput tensor, int rank, int axis) {
    KeyMask mask = KeyMask.of(tensor, shapes);
    List<Dimension> shape = mask == null ? null : shapes.of(tensor);
    return mask != null
        && shape != null
        && mask.atPadding() == 0
        && PackRows.isMaskOfTokens(mask.mask())
        && shape.size() == rank
        && shape.size() - 1 - mask.axis() == axis;
  }
}
