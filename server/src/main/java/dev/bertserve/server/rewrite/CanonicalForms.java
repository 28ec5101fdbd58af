package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes each computation in one spelling, that of Keras' BERT layers, whatever library exported
 * it: projections and attention as Einsum over [rows, length, ...], lookups by [rows, length], and
 * no op that changes nothing. Shapes are proven ({@link TensorShapes}); where one is not known, the
 * ops stay as exported.
 */
final class CanonicalForms implements Pass {

  /** Ops with one output, which function bodies read by its name. */
  private static final Set<String> ONE_OUTPUT =
      Set.of(
          "Add",
          "AddN",
          "AddV2",
          "BatchMatMul",
          "BatchMatMulV2",
          "BiasAdd",
          "BroadcastTo",
          "Cast",
          "ConcatV2",
          "Const",
          "Einsum",
          "Equal",
          "Erf",
          "Erfc",
          "Exp",
          "ExpandDims",
          "Fill",
          "GatherV2",
          "Greater",
          "GreaterEqual",
          "Less",
          "LessEqual",
          "LogicalAnd",
          "LogicalNot",
          "LogicalOr",
          "MatMul",
          "Maximum",
          "Mean",
          "Minimum",
          "Mul",
          "Neg",
          "NotEqual",
          "OneHot",
          "OnesLike",
          "Pack",
          "Pow",
          "Prod",
          "Range",
          "RealDiv",
          "Reciprocal",
          "Relu",
          "Reshape",
          "Rsqrt",
          "SelectV2",
          "Shape",
          "Sigmoid",
          "Slice",
          "Softmax",
          "Sqrt",
          "Square",
          "SquaredDifference",
          "Squeeze",
          "StridedSlice",
          "Sub",
          "Sum",
          "Tanh",
          "Tile",
          "Transpose",
          "ZerosLike");

  private final Map<GraphNode, NodeOutput> replacements = new HashMap<>();
  private final TensorShapes shapes;

  CanonicalForms(TensorShapes shapes) {
    this.shapes = shapes;
  }

  @Override
  public String name() {
    return "canonical forms";
  }

  @Override
  public int apply(FlatGraph graph) {
    Map<GraphNode, Integer> readCounts = Match.readCounts(graph);
    List<Spelling> spellings =
        List.of(
            new Scalars(),
            new LowRankSums(),
            new RedundantOps(shapes),
            new Projections(shapes),
            new Contractions(shapes, readCounts));
    int rewritten = 0;
    for (GraphNode node : graph.nodes()) {
      node.inputs().replaceAll(this::current);
      NodeOutput tensor = node.output();
      for (NodeOutput next = canonical(tensor, spellings);
          next != null;
          next = canonical(tensor, spellings)) {
        readCounts.putIfAbsent(next.node(), readCounts.getOrDefault(node, 0));
        tensor = next;
        rewritten++;
      }
      if (tensor.node() != node) {
        replacements.put(node, tensor);
      }
    }
    graph.outputs().replaceAll((name, tensor) -> current(tensor));
    return rewritten;
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return 0;
  }

  private static @Nullable NodeOutput canonical(NodeOutput tensor, List<Spelling> spellings) {
    for (Spelling spelling : spellings) {
      NodeOutput canonical = spelling.canonical(tensor.node());
      if (canonical != null) {
        return canonical;
      }
    }
    return null;
  }

  private NodeOutput current(NodeOutput tensor) {
    NodeOutput replacement = replacements.get(tensor.node());
    if (replacement != null) {
      return replacement;
    }
    return ONE_OUTPUT.contains(tensor.node().op()) ? tensor.node().output() : tensor;
  }

  /** One kind of computation and its canonical form. */
  interface Spelling {

    /** A tensor equal to the output of {@code node}, closer to the canonical form; else null. */
    @Nullable NodeOutput canonical(GraphNode node);
  }
}
