package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;

/**
 * Allows several rows in one sequence, which saves padding. Tokens attend to their own row only;
 * positions and first tokens become inputs. It applies if every output depends on first tokens and
 * on pooled ones only ({@link TokenPooling}), and if else only attention reads more than one token.
 */
final class PackRows implements Pass {

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
  enum Kind {
    CONSTANT,
    OF_TOKENS,
    OF_ROWS,
    UNKNOWN
  }

  private final RowPacking packing;

  /** {@code packing} is not NONE. */
  PackRows(RowPacking packing) {
    this.packing = packing;
  }

  @Override
  public String name() {
    return "packed rows";
  }

  @Override
  public int apply(FlatGraph graph) {
    Map<GraphNode, Kind> kinds = kinds(graph);
    boolean ofRows =
        graph.outputs().values().stream()
            .allMatch(output -> kinds.get(output.node()) == Kind.OF_ROWS);
    if (!ofRows) {
      return 0;
    }
    TokenPooling pooling = new TokenPooling(kinds);
    NodeOutput positions = PackedInput.POSITIONS.placeholder();
    NodeOutput firstTokens = PackedInput.FIRST_TOKENS.placeholder();
    NodeOutput keys = PackedInput.KEY_ROWS.placeholder();
    NodeOutput queries = PackedInput.QUERY_ROWS.placeholder();
    NodeOutput slots = PackedInput.SLOT_ROWS.placeholder();
    NodeOutput tokenSlots = PackedInput.TOKEN_SLOTS.placeholder();
    return Match.replaceEach(
        graph,
        node ->
            switch (node.op()) {
              case Ops.POSITIONS -> Match.node(Ops.EMBEDDING, node, node.input(0), positions);
              case Ops.FIRST_TOKEN -> Match.node(Ops.FIRST_TOKEN, node, node.input(0), firstTokens);
              case Ops.ATTENTION ->
                  withinRows(node, TokenTensor.isFirstOnly(node.output()) ? slots : queries, keys);
              case "Cumsum" ->
                  TokenNumbers.isRunningSum(node) ? TokenNumbers.withinRows(node, positions) : null;
              case "Sum", "Max" ->
                  pooling.is(node) ? TokenPooling.withinRows(node, tokenSlots, firstTokens) : null;
              default -> null;
            });
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return Match.count(graph, node -> node.is(Ops.ATTENTION) && !Ops.readsRowNumbers(node));
  }

  /** {@code attention} with row numbers instead of its mask. */
  private GraphNode withinRows(GraphNode attention, NodeOutput queryRows, NodeOutput allKeyRows) {
    NodeOutput mask = attention.input(3);
    NodeOutput keyRows =
        packing == RowPacking.OF_MASKED_TOKENS && KeyMask.isFromIds(mask)
            ? masked(allKeyRows, mask)
            : allKeyRows;
    GraphNode packed =
        Match.node(
            Ops.ATTENTION,
            attention,
            attention.input(0),
            attention.input(1),
            attention.input(2),
            queryRows,
            keyRows);
    packed.attributes().putAll(attention.attributes());
    return packed;
  }

  /** {@code keyRows} with 0, which is no row, for tokens that {@code mask} takes for padding. */
  private static NodeOutput masked(NodeOutput keyRows, NodeOutput mask) {
    String name = mask.node().name();
    GraphNode present = Match.node("Cast", name + "/present", mask);
    present.setType("DstT", DataType.DT_FLOAT);
    NodeOutput axis = Constants.ofInt(name + "/axis", 1).output();
    GraphNode ofHeads = Match.node("ExpandDims", name + "/of_heads", present.output(), axis);
    GraphNode ofQueries = Match.node("ExpandDims", name + "/of_queries", ofHeads.output(), axis);
    return Match.node("Mul", name + "/rows", keyRows, ofQueries.output()).output();
  }

  private static Map<GraphNode, Kind> kinds(FlatGraph graph) {
    Map<GraphNode, Kind> kinds = new HashMap<>();
    TokenPooling pooling = new TokenPooling(kinds);
    for (GraphNode node : graph.nodes()) {
      List<Kind> read = node.inputs().stream().map(input -> kinds.get(input.node())).toList();
      kinds.put(node, pooling.is(node) ? Kind.OF_ROWS : kind(node, read));
    }
    return kinds;
  }

  /** {@code read} are the kinds of the inputs of {@code node}. */
  private static Kind kind(GraphNode node, List<Kind> read) {
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

  private static Kind kindOfOther(GraphNode node, List<Kind> read) {
    if (read.stream().allMatch(kind -> kind == Kind.CONSTANT)) {
      return Kind.CONSTANT;
    }
    if (read.stream().allMatch(kind -> kind == Kind.OF_ROWS || kind == Kind.CONSTANT)) {
      return Kind.OF_ROWS;
    }
    return ELEMENTWISE.contains(node.op())
            && IntStream.range(0, read.size())
                .allMatch(i -> read.get(i) == Kind.OF_TOKENS || isSameForTokens(node.input(i)))
        ? Kind.OF_TOKENS
        : Kind.UNKNOWN;
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
