package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import org.tensorflow.proto.DataType;

/**
 * Allows several rows in one sequence, which saves padding. Tokens attend to their own row only;
 * positions and first tokens become inputs. It applies if every output depends on first tokens and
 * on pooled ones only ({@link TokenPooling}), and if else only attention reads more than one token.
 */
final class PackRows implements Pass {

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
    TokenDependence dependence = new TokenDependence(graph);
    if (!graph.outputs().values().stream().allMatch(dependence::isOfRows)) {
      return 0;
    }
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
                  dependence.isPooling(node)
                      ? TokenPooling.withinRows(node, tokenSlots, firstTokens)
                      : null;
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
    packed.inputs().addAll(Ops.mixers(attention));
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
}
