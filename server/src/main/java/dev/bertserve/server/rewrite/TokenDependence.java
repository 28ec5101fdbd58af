package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** What the values of a recognised graph depend on: single tokens, rows, or something unknown. */
final class TokenDependence {

  /** The weakest penalty after which a masked token has an attention weight of exactly 0. */
  static final float WEAKEST_PENALTY = -1_000;

  private static final Set<String> ELEMENTWISE =
      Set.of(
          "AddV2",
          "Sub",
          "Mul",
          "RealDiv",
          "BiasAdd",
          "Relu",
          "Relu6",
          "LeakyRelu",
          "Elu",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Tanh");

  /** What each value of a tensor depends on. */
  private enum Kind {
    CONSTANT,
    OF_TOKENS,
    OF_ROWS,
    UNKNOWN
  }

  private final TensorShapes shapes = new TensorShapes(0);
  private final TokenPooling pooling = new TokenPooling(shapes, this::isOfTokens);
  private final Map<GraphNode, Kind> kinds = new HashMap<>();

  TokenDependence(FlatGraph graph) {
    for (GraphNode node : graph.nodes()) {
      List<Kind> read = node.inputs().stream().map(input -> kinds.get(input.node())).toList();
      kinds.put(node, pooling.is(node) ? Kind.OF_ROWS : kind(node, read));
    }
  }

  /** Whether each value depends on one row, and on its tokens as packing keeps them together. */
  boolean isOfRows(NodeOutput tensor) {
    return kinds.get(tensor.node()) == Kind.OF_ROWS;
  }

  /** Whether {@code node} makes one value of all tokens of a row. */
  boolean isPooling(GraphNode node) {
    return pooling.is(node);
  }

  private boolean isOfTokens(NodeOutput tensor) {
    return kinds.get(tensor.node()) == Kind.OF_TOKENS;
  }

  /** {@code read} are the kinds of the inputs of {@code node}. */
  private Kind kind(GraphNode node, List<Kind> read) {
    return switch (node.op()) {
      case Ops.EMBEDDING -> TokenNumbers.are(node.input(1)) ? Kind.OF_TOKENS : Kind.UNKNOWN;
      case Ops.POSITIONS -> Kind.OF_TOKENS;
      case Ops.FIRST_TOKEN -> read.get(0) == Kind.OF_TOKENS ? Kind.OF_ROWS : Kind.UNKNOWN;
      case Ops.LAYER_NORM, Ops.GELU, Ops.DENSE -> read.get(0);
      case Ops.ATTENTION ->
          read.get(1) == Kind.OF_TOKENS
                  && read.get(2) == Kind.OF_TOKENS
                  && isMaskOfTokens(node.input(3))
                  && node.attribute(Ops.PENALTY).getF() <= WEAKEST_PENALTY
              ? read.get(0)
              : Kind.UNKNOWN;
      case "Placeholder" -> RowInputs.is(node) ? Kind.OF_ROWS : Kind.UNKNOWN;
      default -> kindOfOther(node, read);
    };
  }

  /** Whether {@code mask} is an input, or made of ids. */
  static boolean isMaskOfTokens(NodeOutput mask) {
    return Match.is(mask, "Placeholder") || KeyMask.isFromIds(mask);
  }

  private Kind kindOfOther(GraphNode node, List<Kind> read) {
    if (read.stream().allMatch(kind -> kind == Kind.CONSTANT)) {
      return Kind.CONSTANT;
    }
    if (read.stream().allMatch(kind -> kind == Kind.OF_ROWS || kind == Kind.CONSTANT)) {
      return Kind.OF_ROWS;
    }
    return isOfTokensToo(node, read)
            || pooling.maskOfTokens(node.output(), TokenPooling.RANK) != null
        ? Kind.OF_TOKENS
        : Kind.UNKNOWN;
  }

  private static boolean isOfTokensToo(GraphNode node, List<Kind> read) {
    return node.is("Einsum")
        ? read.get(0) == Kind.OF_TOKENS && RecogniseDense.isToWidth(node)
        : ELEMENTWISE.contains(node.op())
            && IntStream.range(0, read.size())
                .allMatch(i -> read.get(i) == Kind.OF_TOKENS || isSameForTokens(node.input(i)));
  }

  /** A constant with no axis of tokens. */
  private static boolean isSameForTokens(NodeOutput tensor) {
    if (tensor.node().weight() != null) {
      return tensor.node().weight().shape().size() <= 1;
    }
    return tensor.node().is("Const")
        && tensor.node().attribute("value").getTensor().getTensorShape().getDimCount() <= 1;
  }
}
