package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recognises GELU of a token tensor as one node, in any spelling of its tanh form {@code 0.5 x (1 +
 * tanh(sqrt(2/pi) (x + 0.044715 x^3)))} and of its erf form {@code 0.5 x (1 + erf(x / sqrt(2)))}.
 */
final class RecogniseGelu implements Pass {

  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  private final TensorShapes shapes;

  RecogniseGelu(TensorShapes shapes) {
    this.shapes = shapes;
  }

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
                && node.inputs().stream().anyMatch(x -> Match.isScalar(x, 1))
                && node.inputs().stream().anyMatch(x -> isFunction(x.node()))
                && !shapes.isKnownOtherThanTokens(node.output()));
  }

  private static @Nullable GraphNode rewrite(GraphNode node) {
    if (!(node.is("Mul") || node.is("AddV2")) || !reads(node, 4)) {
      return null;
    }
    Polynomial polynomial = Polynomial.of(node.output(), TokenTensor::is);
    for (Map<NodeOutput, Integer> product : polynomial.terms().keySet()) {
      for (NodeOutput function : product.keySet()) {
        NodeOutput x = other(product, function);
        if (x != null && TokenTensor.is(x) && isGelu(polynomial, x, function)) {
          GraphNode gelu = Match.node(Ops.GELU, node, x);
          gelu.attributes().put(Ops.APPROXIMATE, Match.flag(Match.is(function, "Tanh")));
          return gelu;
        }
      }
    }
    return null;
  }

  /** The other of two factors; null if there are more or less. */
  private static @Nullable NodeOutput other(Map<NodeOutput, Integer> product, NodeOutput function) {
    return product.size() == 2 && isFunction(function.node())
        ? product.keySet().stream().filter(x -> !x.equals(function)).findFirst().orElse(null)
        : null;
  }

  private static boolean isGelu(Polynomial polynomial, NodeOutput x, NodeOutput function) {
    Polynomial argument = Polynomial.of(function.node().input(0), x::equals);
    int terms = polynomial.terms().size();
    if (!polynomial.has(0.5, x, function)) {
      return false;
    }
    return switch (function.node().op()) {
      case "Erf" -> terms == 2 && polynomial.has(0.5, x) && isErf(argument, SQRT_HALF, x);
      case "Erfc" -> terms == 1 && isErf(argument, -SQRT_HALF, x);
      default ->
          terms == 2
              && polynomial.has(0.5, x)
              && argument.terms().size() == 2
              && argument.has(SQRT_2_OVER_PI, x)
              && argument.has(SQRT_2_OVER_PI * CUBIC, x, x, x);
    };
  }

  private static boolean isErf(Polynomial argument, double factor, NodeOutput x) {
    return argument.terms().size() == 1 && argument.has(factor, x);
  }

  private static boolean reads(GraphNode node, int depth) {
    return isFunction(node)
        || (depth > 0
            && node.op().matches("Mul|Add|AddV2|Neg")
            && node.inputs().stream().anyMatch(input -> reads(input.node(), depth - 1)));
  }

  private static boolean isFunction(GraphNode node) {
    return node.is("Tanh") || node.is("Erf") || node.is("Erfc");
  }
}
