package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognises GELU of a token tensor as one node, in its tanh form {@code 0.5 x (1 + tanh(sqrt(2/pi)
 * (x + 0.044715 x^3)))} and its erf form {@code 0.5 x (1 + erf(x / sqrt(2)))}.
 */
final class RecogniseGelu implements Pass {

  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  @Override
  public String name() {
    return "gelu";
  }

  @Override
  public int apply(FlatGraph graph) {
    return Match.replaceEach(graph, RecogniseGelu::rewrite);
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return Match.count(
        graph,
        node ->
            Match.isAdd(node)
                && node.inputs().stream().anyMatch(RecogniseGelu::isOne)
                && node.inputs().stream().anyMatch(x -> x.node().op().matches("Tanh|Erf")));
  }

  private static @Nullable GraphNode rewrite(GraphNode product) {
    if (!product.is("Mul")) {
      return null;
    }
    // (0.5 x) (1 + f) or 0.5 (x (1 + f)) or x (0.5 (1 + f))
    List<NodeOutput> operands = Match.matchingFirst(product, RecogniseGelu::isOnePlus);
    if (operands != null) {
      NodeOutput x = Match.otherFactor(operands.get(1), RecogniseGelu::isHalf);
      return x == null ? null : gelu(product, x, operands.get(0));
    }
    NodeOutput whole = Match.otherFactor(product.output(), RecogniseGelu::isHalf);
    if (whole != null && Match.is(whole, "Mul")) {
      operands = Match.matchingFirst(whole.node(), RecogniseGelu::isOnePlus);
      return operands == null ? null : gelu(product, operands.get(1), operands.get(0));
    }
    operands = Match.matchingFirst(product, RecogniseGelu::isHalfOfOnePlus);
    if (operands == null) {
      return null;
    }
    NodeOutput onePlus = Match.otherFactor(operands.get(0), RecogniseGelu::isHalf);
    return onePlus == null ? null : gelu(product, operands.get(1), onePlus);
  }

  private static @Nullable GraphNode gelu(GraphNode root, NodeOutput x, NodeOutput onePlus) {
    List<NodeOutput> terms = Match.matchingFirst(onePlus.node(), RecogniseGelu::isOne);
    if (terms == null || !TokenTensor.is(x)) {
      return null;
    }
    GraphNode function = terms.get(1).node();
    boolean approximate = function.is("Tanh") && isTanhArgument(function.input(0), x);
    if (!approximate && !(function.is("Erf") && isErfArgument(function.input(0), x))) {
      return null;
    }
    GraphNode gelu = Match.node(Ops.GELU, root, x);
    gelu.attributes().put(Ops.APPROXIMATE, Match.flag(approximate));
    return gelu;
  }

  private static boolean isErfArgument(NodeOutput argument, NodeOutput x) {
    return x.equals(Match.otherFactor(argument, factor -> Match.isScalar(factor, SQRT_HALF)))
        || ((Match.is(argument, "RealDiv") || Match.is(argument, "Div"))
            && argument.node().input(0).equals(x)
            && Match.isScalar(argument.node().input(1), 1 / SQRT_HALF));
  }

  private static boolean isTanhArgument(NodeOutput argument, NodeOutput x) {
    NodeOutput sum = Match.otherFactor(argument, factor -> Match.isScalar(factor, SQRT_2_OVER_PI));
    if (sum == null || !Match.isAdd(sum.node())) {
      return false;
    }
    List<NodeOutput> terms = Match.matchingFirst(sum.node(), x::equals);
    NodeOutput cube =
        terms == null
            ? null
            : Match.otherFactor(terms.get(1), factor -> Match.isScalar(factor, CUBIC));
    return cube != null && isCube(cube, x);
  }

  private static boolean isCube(NodeOutput cube, NodeOutput x) {
    if (Match.is(cube, "Pow")) {
      return cube.node().input(0).equals(x) && Match.isScalar(cube.node().input(1), 3);
    }
    List<NodeOutput> operands =
        Match.is(cube, "Mul") ? Match.matchingFirst(cube.node(), x::equals) : null;
    return operands != null && isSquare(operands.get(1), x);
  }

  private static boolean isSquare(NodeOutput square, NodeOutput x) {
    return (Match.is(square, "Square") && square.node().input(0).equals(x))
        || (Match.is(square, "Mul") && square.node().inputs().equals(List.of(x, x)));
  }

  private static boolean isHalf(NodeOutput tensor) {
    return Match.isScalar(tensor, 0.5);
  }

  private static boolean isOne(NodeOutput tensor) {
    return Match.isScalar(tensor, 1);
  }

  private static boolean isOnePlus(NodeOutput tensor) {
    return Match.isAdd(tensor.node())
        && Match.matchingFirst(tensor.node(), RecogniseGelu::isOne) != null;
  }

  private static boolean isHalfOfOnePlus(NodeOutput tensor) {
    NodeOutput other = Match.otherFactor(tensor, RecogniseGelu::isHalf);
    return other != null && isOnePlus(other);
  }
}
