package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token tensor and what brings its mean to 0 and its variance to 1.
 *
 * @param mean the mean of {@code x} over its width; null if {@code root} is the standardised tensor
 * @param root one over the standard deviation, or the standard deviation, or {@code x} standardised
 * @param epsilon the number that is added to the variance
 */
record Standardised(NodeOutput x, @Nullable NodeOutput mean, NodeOutput root, float epsilon) {

  /** Of the root of a variance; null if {@code root} is another root. */
  static @Nullable Standardised byRoot(NodeOutput root, TensorShapes shapes) {
    NodeOutput argument = root.node().input(0);
    Polynomial plusEpsilon = Polynomial.of(argument, tensor -> Match.is(tensor, "Mean"));
    float epsilon = (float) plusEpsilon.of();
    for (NodeOutput mean : means(argument, 6)) {
      NodeOutput x = mean.node().input(0);
      if (isOverWidth(mean, shapes) && isVariance(plusEpsilon, x, mean, shapes)) {
        return new Standardised(x, mean, root, epsilon);
      }
    }
    return null;
  }

  /** Of a batch normalisation over tokens: [1, tokens, width, 1] with tokens as channels. */
  static @Nullable Standardised byFusedOp(NodeOutput reshaped, TensorShapes shapes) {
    GraphNode norm = reshaped.node().input(0).node();
    if (!norm.is("FusedBatchNormV3")
        || !Match.is(norm.input(0), "Reshape")
        || !norm.attribute("data_format").getS().toStringUtf8().equals("NCHW")
        || (norm.attributes().containsKey("is_training") && !norm.flag("is_training"))
        || Match.uniform(norm.input(1)) != 1
        || Match.uniform(norm.input(2)) != 0) {
      return null;
    }
    NodeOutput x = norm.input(0).node().input(0);
    List<Dimension> shape = shapes.of(x);
    if (shape == null || !shapes.isOfTokens(x, 3) || !shape.equals(shapes.of(reshaped))) {
      return null;
    }
    List<Dimension> expected =
        List.of(Dimension.ONE, Dimension.ROWS.times(Dimension.LENGTH), shape.get(2), Dimension.ONE);
    return expected.equals(shapes.of(norm.input(0)))
        ? new Standardised(x, null, reshaped, norm.attribute("epsilon").getF())
        : null;
  }

  boolean isFactor(NodeOutput tensor) {
    return tensor.equals(x) || tensor.equals(mean) || tensor.equals(root);
  }

  /** Whether {@code sum} is this times {@code gamma}, and one more term. */
  boolean isTimes(NodeOutput gamma, Polynomial sum) {
    NodeOutput subtracted = mean;
    if (subtracted == null) {
      return sum.terms().size() == 2 && sum.has(1, root, gamma);
    }
    if (sum.terms().size() != 3) {
      return false;
    }
    return Match.is(root, "Rsqrt")
        ? sum.has(1, x, root, gamma) && sum.has(-1, subtracted, root, gamma)
        : sum.hasQuotient(1, root, x, gamma) && sum.hasQuotient(-1, root, subtracted, gamma);
  }

  /** Whether the sum of {@code terms}, up to a number, is the variance of {@code x}. */
  private static boolean isVariance(
      Polynomial terms, NodeOutput x, NodeOutput mean, TensorShapes shapes) {
    int constants = terms.of() == 0 ? 0 : 1;
    for (var product : terms.terms().keySet()) {
      NodeOutput moment = product.size() == 1 ? product.keySet().iterator().next() : mean;
      if (moment.equals(mean) || !Match.is(moment, "Mean") || !isOverWidth(moment, shapes)) {
        continue;
      }
      Polynomial squares =
          Polynomial.of(moment.node().input(0), tensor -> tensor.equals(x) || tensor.equals(mean));
      boolean centred =
          terms.terms().size() == 1 + constants
              && squares.terms().size() == 3
              && squares.has(1, x, x)
              && squares.has(-2, x, mean)
              && squares.has(1, mean, mean);
      boolean raw =
          terms.terms().size() == 2 + constants
              && terms.has(-1, mean, mean)
              && squares.terms().size() == 1
              && squares.has(1, x, x);
      if (terms.has(1, moment) && (centred || raw)) {
        return true;
      }
    }
    return false;
  }

  /** Means that {@code tensor} is computed from. */
  private static List<NodeOutput> means(NodeOutput tensor, int depth) {
    GraphNode node = tensor.node();
    List<NodeOutput> found = new ArrayList<>();
    if (node.is("Mean")) {
      found.add(tensor);
    }
    if (depth > 0 && node.op().matches("Mean|Add|AddV2|Sub|Mul|Square|SquaredDifference")) {
      node.inputs().forEach(input -> found.addAll(means(input, depth - 1)));
    }
    return found;
  }

  /** Whether {@code mean} is over the last of three dimensions. */
  private static boolean isOverWidth(NodeOutput mean, TensorShapes shapes) {
    NodeOutput x = mean.node().input(0);
    List<Dimension> shape = shapes.of(x);
    // An axis of -1 does not tell the number of dimensions.
    int axis = TensorShapes.axis(mean.node().input(1), shape == null ? 0 : shape.size());
    return mean.node().flag("keep_dims") && axis == 2 && (shape == null || shapes.isOfTokens(x, 3));
  }
}
