package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Recognises layer normalisation as one node, in any spelling of {@code (x - mean) * root * gamma +
 * beta}.
 */
final class RecogniseLayerNorm implements Pass {

  /** Sums and products between the result and the root. */
  private static final int DEEPEST = 6;

  private final TensorShapes shapes;
  private final Map<GraphNode, NodeOutput> vectors = new HashMap<>();

  RecogniseLayerNorm(TensorShapes shapes) {
    this.shapes = shapes;
  }

  @Override
  public String name() {
    return "layer norm";
  }

  @Override
  public int apply(FlatGraph graph) {
    return Match.replaceEach(graph, this::rewrite);
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return Match.count(
        graph,
        node ->
            node.is("FusedBatchNormV3")
                || (node.op().matches("Rsqrt|Sqrt")
                    && Match.isAdd(node.input(0).node())
                    && !shapes.isKnownOtherThanTokens(node.output())));
  }

  private @Nullable GraphNode rewrite(GraphNode sum) {
    if (!Match.isAdd(sum) && !sum.is("Sub")) {
      return null;
    }
    return standardised(sum.output(), DEEPEST)
        .map(standardised -> norm(sum, standardised))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private @Nullable GraphNode norm(GraphNode sum, Standardised standardised) {
    Polynomial polynomial = Polynomial.of(sum.output(), standardised::isFactor);
    NodeOutput beta = null;
    NodeOutput gamma = null;
    for (Map<NodeOutput, Integer> product : polynomial.terms().keySet()) {
      for (NodeOutput factor : product.keySet()) {
        if (Match.weight(factor) != null) {
          gamma = product.size() > 1 ? factor : gamma;
          beta = product.size() == 1 ? factor : beta;
        }
      }
    }
    if (beta == null
        || gamma == null
        || !polynomial.has(1, beta)
        || !standardised.isTimes(gamma, polynomial)) {
      return null;
    }
    NodeOutput scale = vector(gamma, standardised.x());
    NodeOutput shift = vector(beta, standardised.x());
    if (scale == null || shift == null) {
      return null;
    }
    GraphNode norm = Match.node(Ops.LAYER_NORM, sum, standardised.x(), scale, shift);
    norm.attributes().put(Ops.EPSILON, Match.number(standardised.epsilon()));
    return norm;
  }

  /** A weight of one number for each column of {@code x}, as a vector. */
  private @Nullable NodeOutput vector(NodeOutput tensor, NodeOutput x) {
    Weight weight = LoweredWeights.of(tensor);
    List<Long> shape = weight.shape();
    List<Dimension> states = shapes.of(x);
    if (shape.isEmpty()
        || shape.get(shape.size() - 1) != weight.count()
        || (states != null && !states.get(2).is(weight.count()))) {
      return null;
    }
    return shape.size() == 1
        ? tensor
        : vectors.computeIfAbsent(
            tensor.node(), node -> RedundantOps.reshaped(node, weight, List.of(weight.count())));
  }

  /** What {@code tensor} may be a multiple of, as far as sums and products tell. */
  private Stream<Standardised> standardised(NodeOutput tensor, int depth) {
    GraphNode node = tensor.node();
    Standardised found =
        switch (node.op()) {
          case "Rsqrt", "Sqrt" -> Standardised.byRoot(tensor, shapes);
          case "Reshape" -> Standardised.byFusedOp(tensor, shapes);
          default -> null;
        };
    if (found != null) {
      return Stream.of(found);
    }
    return depth > 0 && node.op().matches("Add|AddV2|Sub|Mul|Neg|RealDiv")
        ? node.inputs().stream().flatMap(input -> standardised(input, depth - 1))
        : Stream.of();
  }
}
