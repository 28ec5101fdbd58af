package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognises Keras' layer normalisation as one node: {@code x * m + (beta - mean * m)} with {@code
 * m = rsqrt(variance + epsilon) * gamma}.
 */
final class RecogniseLayerNorm implements Pass {

  @Override
  public String name() {
    return "layer norm";
  }

  @Override
  public int apply(FlatGraph graph) {
    return Match.replaceEach(graph, RecogniseLayerNorm::rewrite);
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return Match.count(graph, node -> node.is("Rsqrt") && Match.isAdd(node.input(0).node()));
  }

  private static @Nullable GraphNode rewrite(GraphNode sum) {
    if (!Match.isAdd(sum)) {
      return null;
    }
    List<NodeOutput> terms = Match.matchingFirst(sum, term -> Match.is(term, "Sub"));
    if (terms == null || !Match.is(terms.get(1), "Mul")) {
      return null;
    }
    NodeOutput beta = terms.get(0).node().input(0);
    GraphNode shift = terms.get(0).node().input(1).node();
    GraphNode product = terms.get(1).node();
    if (Match.weight(beta) == null || !shift.is("Mul")) {
      return null;
    }
    List<NodeOutput> means = Match.matchingFirst(shift, factor -> Match.is(factor, "Mean"));
    if (means == null) {
      return null;
    }
    GraphNode mean = means.get(0).node();
    NodeOutput multiplier = means.get(1);
    NodeOutput x = mean.input(0);
    if (!product.inputs().contains(multiplier)
        || !product.inputs().contains(x)
        || !Match.is(multiplier, "Mul")) {
      return null;
    }
    List<NodeOutput> factors = Match.matchingFirst(multiplier.node(), f -> Match.is(f, "Rsqrt"));
    if (factors == null || Match.weight(factors.get(1)) == null) {
      return null;
    }
    GraphNode variancePlus = factors.get(0).node().input(0).node();
    List<NodeOutput> addends =
        Match.isAdd(variancePlus)
            ? Match.matchingFirst(variancePlus, term -> Match.is(term, "Mean"))
            : null;
    if (addends == null
        || !isVariance(addends.get(0).node(), x, mean)
        || !isOverLastOfThree(mean)) {
      return null;
    }
    float epsilon = Match.scalar(addends.get(1));
    if (Float.isNaN(epsilon)) {
      return null;
    }
    GraphNode norm = Match.node(Ops.LAYER_NORM, sum, x, factors.get(1), beta);
    norm.attributes().put(Ops.EPSILON, Match.number(epsilon));
    return norm;
  }

  private static boolean isVariance(GraphNode variance, NodeOutput x, GraphNode mean) {
    GraphNode difference = variance.input(0).node();
    return difference.is("SquaredDifference")
        && difference.inputs().contains(x)
        && difference.inputs().stream().anyMatch(input -> input.node() == mean)
        && isOverLastOfThree(variance);
  }

  /**
   * Whether {@code mean} is over the last of three dimensions. Keras writes axis 2; an axis of -1
   * would not tell the number of dimensions.
   */
  private static boolean isOverLastOfThree(GraphNode mean) {
    long[] axes = Constants.integers(mean.input(1));
    return mean.attribute("keep_dims").getB() && axes.length == 1 && axes[0] == 2;
  }
}
