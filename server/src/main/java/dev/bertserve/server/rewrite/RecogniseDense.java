package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recognises a projection of a token tensor, Einsum and bias, as one node: from width to width,
 * from width to heads, or from heads to width.
 */
final class RecogniseDense implements Pass {

  static final String TO_WIDTH = "abc,cd->abd";
  private static final String TO_WIDTH_OF_ANY_RANK = "...a,ab->...b";
  static final String TO_HEADS = "abc,cde->abde";
  static final String FROM_HEADS = "abcd,cde->abe";

  private final Map<GraphNode, NodeOutput> matrices = new HashMap<>();

  @Override
  public String name() {
    return "dense";
  }

  @Override
  public int apply(FlatGraph graph) {
    return Match.replaceEach(graph, this::rewrite);
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return Match.count(
        graph,
        node -> node.is("Einsum") && node.inputs().stream().anyMatch(x -> Match.weight(x) != null));
  }

  private @Nullable GraphNode rewrite(GraphNode sum) {
    if (!Match.isAdd(sum)) {
      return null;
    }
    List<NodeOutput> terms =
        Match.matchingFirst(sum, term -> Match.is(term, "Einsum") && isProjection(term.node()));
    if (terms == null) {
      return null;
    }
    GraphNode einsum = terms.get(0).node();
    Weight kernel = Match.weight(einsum.input(1));
    Weight bias = Match.weight(terms.get(1));
    if (kernel == null || bias == null) {
      return null;
    }
    List<Long> shape = kernel.shape();
    boolean fromHeads = FROM_HEADS.equals(Equation.of(einsum));
    long in = fromHeads ? shape.get(0) * shape.get(1) : shape.get(0);
    long out = kernel.count() / in;
    if (bias.count() != out) {
      return null;
    }
    GraphNode dense =
        Match.node(
            Ops.DENSE,
            sum,
            einsum.input(0),
            reshaped(einsum.input(1), kernel, List.of(in, out)),
            reshaped(terms.get(1), bias, List.of(out)));
    dense
        .attributes()
        .put(Ops.HEADS, Match.number(shape.size() == 3 && !fromHeads ? shape.get(1) : 0));
    return dense;
  }

  /** Whether {@code einsum} projects each token, to values without heads. */
  static boolean isToWidth(GraphNode einsum) {
    String equation = Equation.of(einsum);
    return (equation.equals(TO_WIDTH) || equation.equals(TO_WIDTH_OF_ANY_RANK))
        && Match.weight(einsum.input(1)) != null;
  }

  private static boolean isProjection(GraphNode einsum) {
    String equation = Equation.of(einsum);
    return switch (equation) {
      case TO_WIDTH, TO_HEADS, FROM_HEADS -> true;
      case TO_WIDTH_OF_ANY_RANK -> TokenTensor.is(einsum.input(0));
      default -> false;
    };
  }

  /** One constant for each weight, however often it is read. */
  private NodeOutput reshaped(NodeOutput tensor, Weight weight, List<Long> shape) {
    return matrices.computeIfAbsent(
        tensor.node(), node -> new GraphNode(node.name(), weight.reshaped(shape)).output());
  }
}
