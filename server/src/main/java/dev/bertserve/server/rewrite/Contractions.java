package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Products of two computed tensors of four dimensions, with transpositions before and after. The
 * canonical form is one Einsum of what was transposed.
 */
final class Contractions implements CanonicalForms.Spelling {

  private static final int RANK = 4;

  private final TensorShapes shapes;
  private final Map<GraphNode, Integer> readCounts;

  Contractions(TensorShapes shapes, Map<GraphNode, Integer> readCounts) {
    this.shapes = shapes;
    this.readCounts = readCounts;
  }

  @Override
  public @Nullable NodeOutput canonical(GraphNode node) {
    return switch (node.op()) {
      case "BatchMatMulV2", "BatchMatMul" -> product(node);
      case "Transpose" -> transposed(node);
      default -> null;
    };
  }

  private @Nullable NodeOutput product(GraphNode product) {
    List<Dimension> first = shapes.of(product.input(0));
    List<Dimension> second = shapes.of(product.input(1));
    if (first == null
        || second == null
        || first.size() != RANK
        || second.size() != RANK
        || !first.subList(0, 2).equals(second.subList(0, 2))) {
      return null;
    }
    Operand left = operand(product.input(0), product.flag("adj_x") ? "abdc" : "abcd");
    Operand right = operand(product.input(1), product.flag("adj_y") ? "abed" : "abde");
    String equation = left.letters() + "," + right.letters() + "->abce";
    return Equation.einsum(equation, product, left.tensor(), right.tensor());
  }

  /** A tensor, and a letter for each of its dimensions. */
  private record Operand(NodeOutput tensor, String letters) {}

  /** The operand before its transposition. */
  private Operand operand(NodeOutput tensor, String letters) {
    List<Dimension> order =
        Match.is(tensor, "Transpose") ? shapes.elements(tensor.node().input(1)) : null;
    if (order == null) {
      return new Operand(tensor, letters);
    }
    char[] before = new char[order.size()];
    for (int axis = 0; axis < before.length; axis++) {
      before[(int) order.get(axis).factor()] = letters.charAt(axis);
    }
    return new Operand(tensor.node().input(0), new String(before));
  }

  /** The only reader of a product transposes it: the product has that order at once. */
  private @Nullable NodeOutput transposed(GraphNode transpose) {
    GraphNode product = transpose.input(0).node();
    List<Dimension> order = shapes.elements(transpose.input(1));
    if (!product.is("Einsum")
        || order == null
        || order.size() != RANK
        || readCounts.getOrDefault(product, 0) != 1) {
      return null;
    }
    String[] sides = Equation.of(product).split("->", -1);
    if (sides.length != 2 || sides[1].length() != RANK) {
      return null;
    }
    StringBuilder after = new StringBuilder();
    order.forEach(axis -> after.append(sides[1].charAt((int) axis.factor())));
    return Equation.einsum(sides[0] + "->" + after, transpose, product.input(0), product.input(1));
  }
}
