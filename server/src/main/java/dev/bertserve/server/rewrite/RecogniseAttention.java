package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * Recognises attention as one node: {@code softmax(scale * query * key + (1 - mask) * penalty) *
 * value}, where query, key and value are projections of token tensors.
 */
final class RecogniseAttention implements Pass {

  /** key [a,e,c,d], query [a,b,c,d] -> scores [a,c,b,e]. */
  private static final String KEY_QUERY = "abcd,aecd->aceb";

  /** scores [a,c,b,e], value [a,e,c,d] -> [a,b,c,d]. */
  private static final String SCORES_VALUE = "abcd,adbe->acbe";

  @Override
  public String name() {
    return "attention";
  }

  @Override
  public int apply(FlatGraph graph) {
    return Match.replaceEach(graph, RecogniseAttention::rewrite);
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return Match.count(
        graph,
        node -> node.op().matches("Einsum|BatchMatMul(V2)?") && Match.is(node.input(0), "Softmax"));
  }

  private static @Nullable GraphNode rewrite(GraphNode weighted) {
    if (!weighted.is("Einsum")
        || !Equation.of(weighted).equals(SCORES_VALUE)
        || !Match.is(weighted.input(0), "Softmax")
        || !isProjection(weighted.input(1))) {
      return null;
    }
    GraphNode masked = weighted.input(0).node().input(0).node();
    if (!Match.isAdd(masked)) {
      return null;
    }
    List<NodeOutput> terms =
        Match.matchingFirst(
            masked, term -> Match.is(term, "Einsum") && Equation.of(term.node()).equals(KEY_QUERY));
    Penalty penalty = terms == null ? null : penalty(terms.get(1));
    if (terms == null || penalty == null) {
      return null;
    }
    GraphNode scores = terms.get(0).node();
    NodeOutput query =
        Match.otherFactor(scores.input(1), factor -> !Float.isNaN(Match.scalar(factor)));
    float scale = 1;
    if (query == null) {
      query = scores.input(1);
    } else {
      List<NodeOutput> operands =
          Match.matchingFirst(scores.input(1).node(), f -> !Float.isNaN(Match.scalar(f)));
      scale = operands == null ? 1 : Match.scalar(operands.get(0));
    }
    if (!isProjection(query) || !isProjection(scores.input(0))) {
      return null;
    }
    GraphNode attention =
        Match.node(
            Ops.ATTENTION, weighted, query, scores.input(0), weighted.input(1), penalty.mask());
    attention.attributes().put(Ops.SCALE, Match.number(scale));
    attention.attributes().put(Ops.PENALTY, Match.number(penalty.penalty()));
    attention.attributes().put(Ops.HEADS, query.node().attribute(Ops.HEADS));
    return attention;
  }

  private static boolean isProjection(NodeOutput tensor) {
    return Match.is(tensor, Ops.DENSE) && tensor.node().attribute(Ops.HEADS).getI() > 0;
  }

  private record Penalty(NodeOutput mask, float penalty) {}

  /** Matches {@code (1 - mask) * penalty}, with any reshaping of the mask. */
  private static @Nullable Penalty penalty(NodeOutput term) {
    List<NodeOutput> factors =
        Match.is(term, "Mul")
            ? Match.matchingFirst(term.node(), factor -> Match.scalar(factor) < 0)
            : null;
    if (factors == null || !Match.is(factors.get(1), "Sub")) {
      return null;
    }
    GraphNode absent = factors.get(1).node();
    NodeOutput mask = absent.input(1);
    while (mask.node().op().matches("ExpandDims|BroadcastTo|Reshape|Cast")) {
      mask = mask.node().input(0);
    }
    return Match.isScalar(absent.input(0), 1)
            && Match.is(mask, "Placeholder")
            && mask.node().attribute("dtype").getType() == DataType.DT_INT32
        ? new Penalty(mask, Match.scalar(factors.get(0)))
        : null;
  }
}
