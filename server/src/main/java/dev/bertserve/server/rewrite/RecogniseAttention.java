package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognises attention as one node: {@code softmax(scale * query * key + penalty of masked keys) *
 * value}, where query, key and value are projections of token tensors. Heads may talk: be mixed
 * before the softmax, and after.
 */
final class RecogniseAttention implements Pass {

  /** scores [a,c,b,e], value [a,e,c,d] -> [a,b,c,d]. */
  private static final String SCORES_VALUE = "abcd,adbe->acbe";

  private final KeyMasks masks;

  RecogniseAttention(TensorShapes shapes) {
    this.masks = new KeyMasks(shapes);
  }

  @Override
  public String name() {
    return "attention";
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
            node.op().matches("Einsum|BatchMatMul(V2)?")
                && (Match.is(node.input(0), "Softmax")
                    || (Match.is(node.input(0), "SelectV2")
                        && Match.is(node.input(0).node().input(1), "Softmax"))));
  }

  private @Nullable GraphNode rewrite(GraphNode weighted) {
    if (!weighted.is("Einsum")
        || !Equation.of(weighted).equals(SCORES_VALUE)
        || !isProjection(weighted.input(1))) {
      return null;
    }
    NodeOutput mixed = weighted.input(0);
    boolean isMixed = MaskedScores.isMixed(mixed);
    NodeOutput weights = weightsOfTokens(isMixed ? mixed.node().input(0) : mixed);
    MaskedScores scores =
        Match.is(weights, "Softmax") ? MaskedScores.of(weights.node().input(0), masks) : null;
    if (scores == null
        || (scores.mixer() != null) != isMixed
        || !isProjection(scores.query())
        || !isProjection(scores.key())) {
      return null;
    }
    GraphNode attention =
        Match.node(
            Ops.ATTENTION,
            weighted,
            scores.query(),
            scores.key(),
            weighted.input(1),
            scores.mask());
    if (scores.mixer() != null) {
      attention.inputs().addAll(List.of(scores.mixer(), mixed.node().input(1)));
    }
    attention.attributes().put(Ops.SCALE, Match.number(scores.scale()));
    attention.attributes().put(Ops.PENALTY, Match.number(scores.penalty()));
    attention.attributes().put(Ops.HEADS, scores.query().node().attribute(Ops.HEADS));
    return attention;
  }

  /** Attention weights before those of padding, which are 0 anyhow, are set to 0. */
  private NodeOutput weightsOfTokens(NodeOutput weights) {
    GraphNode select = weights.node();
    if (!select.is("SelectV2") || Match.anyScalar(select.input(2)) != 0) {
      return weights;
    }
    KeyMask kept = masks.of(select.input(0));
    return kept != null
            && masks.isOfKeys(kept, select.input(0))
            && kept.atToken() != 0
            && kept.atPadding() == 0
        ? select.input(1)
        : weights;
  }

  private static boolean isProjection(NodeOutput tensor) {
    return Match.is(tensor, Ops.DENSE) && tensor.node().attribute(Ops.HEADS).getI() > 0;
  }
}
