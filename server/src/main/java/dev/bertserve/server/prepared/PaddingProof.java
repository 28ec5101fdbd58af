package dev.bertserve.server.prepared;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import dev.bertserve.server.preprocessing.TokenizerFacts;
import dev.bertserve.server.rewrite.RowPacking;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.DataType;

/**
 * Whether a graph's answers are the same however far its rows are padded.
 *
 * <p>They are if tokens meet in two kinds of place alone: attention, whose weights come from a
 * softmax that the mask takes part in, and {@link Pooling}. Every other op must be known to work on
 * each token by itself. What cannot be proved is not assumed.
 */
final class PaddingProof {

  private static final Set<String> TOKENWISE =
      Set.of(
          "Add",
          "AddV2",
          "Sub",
          "Mul",
          "RealDiv",
          "Neg",
          "Square",
          "SquaredDifference",
          "Rsqrt",
          "Sqrt",
          "Reciprocal",
          "Pow",
          "Tanh",
          "Erf",
          "Erfc",
          "Sigmoid",
          "Relu",
          "Exp",
          "Cast",
          "BiasAdd",
          "ExpandDims",
          "OneHot",
          "Shape",
          "ZerosLike",
          "OnesLike",
          "Placeholder");

  /** What scores pass between the product that gives them and the softmax. */
  private static final Set<String> SCORING =
      Set.of("Add", "AddV2", "Sub", "Mul", "RealDiv", "Cast", "Einsum");

  private final List<GraphNode> nodes;
  private final int sequenceLength;

  /** Nodes that hold values of single tokens. */
  private final Set<GraphNode> ofTokens = new HashSet<>();

  /** Nodes that hold a shape, and so how long rows are. */
  private final Set<GraphNode> ofShapes = new HashSet<>();

  /** Nodes that a softmax over keys reads as scores. */
  private final Set<GraphNode> scores = new HashSet<>();

  private PaddingProof(FlatGraph graph, int sequenceLength) {
    this.nodes = graph.nodes();
    this.sequenceLength = sequenceLength;
    for (GraphNode node : nodes) {
      for (NodeOutput input : values(node)) {
        if (ofTokens.contains(input.node()) && !Pooling.is(node) && !node.is("Shape")) {
          ofTokens.add(node);
        }
        if (ofShapes.contains(input.node())) {
          ofShapes.add(node);
        }
      }
      if (node.is("Placeholder") && !RowInputs.is(node)) {
        ofTokens.add(node);
      } else if (node.is("Shape")) {
        ofShapes.add(node);
      }
    }
    for (int i = nodes.size() - 1; i >= 0; i--) {
      GraphNode node = nodes.get(i);
      if (node.is("Softmax") || (scores.contains(node) && SCORING.contains(node.op()))) {
        node.inputs().forEach(input -> scores.add(input.node()));
      }
    }
  }

  /** The lengths that rows of {@code tokenizer} may be padded to. */
  static RowLengths lengths(FlatGraph graph, TokenizerFacts tokenizer) {
    int sequenceLength = tokenizer.source().sequenceLength();
    boolean proved =
        tokenizer.packing(graph) != RowPacking.NONE
            && new PaddingProof(graph, sequenceLength).holds(graph);
    return new RowLengths(proved ? 1 : sequenceLength, sequenceLength);
  }

  private boolean holds(FlatGraph graph) {
    return graph.outputs().values().stream()
            .noneMatch(
                output -> ofTokens.contains(output.node()) || ofShapes.contains(output.node()))
        && nodes.stream().allMatch(this::keepsTokensApart);
  }

  private boolean keepsTokensApart(GraphNode node) {
    if (!ofTokens.contains(node) && !Pooling.is(node)) {
      return true;
    }
    return switch (node.op()) {
      case "Softmax" ->
          values(node.input(0).node()).stream().anyMatch(Pooling::isMadeOfMask)
              && SCORING.contains(node.input(0).node().op());
      case "Einsum", "BatchMatMulV2" ->
          !ofTokens.contains(node.input(0).node())
              || !ofTokens.contains(node.input(1).node())
              || scores.contains(node)
              || areAttentionWeights(node.input(0))
              || areAttentionWeights(node.input(1));
      case "MatMul" -> !ofTokens.contains(node.input(1).node()) && !node.flag("transpose_a");
      case "Mean" -> Pooling.isAlong(node.input(1), -1, 2);
      case "Reshape", "BroadcastTo" -> !isOfFixedLength(node);
      case "GatherV2", "Fill" -> !ofTokens.contains(node.input(0).node());
      case "ConcatV2" -> Pooling.isAlong(node.input(node.inputs().size() - 1), -1);
      case "StridedSlice" -> Pooling.is(node) || takesAll(node);
      case "Sum" -> Pooling.is(node);
      default -> TOKENWISE.contains(node.op());
    };
  }

  private static boolean areAttentionWeights(NodeOutput tensor) {
    GraphNode node = tensor.node();
    while (node.is("Einsum") || node.is("Cast")) {
      // a product with a weight, as talking heads have it
      NodeOutput first = node.input(0);
      node = first.node().weight() == null ? first.node() : node.input(1).node();
    }
    return node.is("Softmax");
  }

  /** A slice that only adds axes. */
  private static boolean takesAll(GraphNode slice) {
    if (!slice.input(1).node().is("Const") || slice.number("shrink_axis_mask") != 0) {
      return false;
    }
    long taken =
        (slice.number("begin_mask") & slice.number("end_mask"))
            | slice.number("new_axis_mask")
            | slice.number("ellipsis_mask");
    int axes = Constants.integers(slice.input(1)).length;
    return taken == (1L << axes) - 1;
  }

  /** Whether the sequence length itself is written where a shape has the tokens. */
  private boolean isOfFixedLength(GraphNode node) {
    GraphNode shape = node.input(1).node();
    boolean ids = node.is("Reshape") && node.attribute("T").getType() != DataType.DT_FLOAT;
    if (shape.is("Pack")) {
      return shape.inputs().size() > 1
          && shape.input(1).node().is("Const")
          && Constants.integer(shape.input(1)) == sequenceLength
          && (ids || shape.inputs().size() > 2);
    }
    if (!shape.is("Const")) {
      return false;
    }
    long[] sizes = Constants.integers(node.input(1));
    return sizes.length > (ids ? 1 : 2) && sizes[1] == sequenceLength;
  }

  /** Inputs that are values; the others say a shape. */
  private static List<NodeOutput> values(GraphNode node) {
    return switch (node.op()) {
      case "Reshape", "BroadcastTo", "Tile", "ExpandDims", "StridedSlice" ->
          node.inputs().subList(0, 1);
      case "Fill" -> node.inputs().subList(1, 2);
      default -> node.inputs();
    };
  }
}
