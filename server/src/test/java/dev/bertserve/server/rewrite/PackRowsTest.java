package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.tensorflow.GraphRun;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tensorflow.proto.DataType;

final class PackRowsTest {

  /** The three rows of a run fit in one sequence. */
  private static final RowLengths LENGTHS = new RowLengths(1, 64);

  private static final List<Integer> ONE_TOKEN = List.of(ExportedGraph.WIDTH);

  private final ExportedGraph graph = new ExportedGraph();
  private final NodeOutput words = graph.embedding(graph.ids);
  private final NodeOutput embedded = graph.op("AddV2", words, graph.positions(words, 0));

  @Test
  void apply_firstTokensOfAttention_readsPackedInputs() throws IOException {
    NodeOutput attended = graph.attention(graph.dense(graph.attention(embedded)));

    // The pass matches positions, two attentions and the first token.
    FlatGraph packed = rewritten(graph.token(attended, 0), 4);

    assertThat(PackedInput.readBy(packed))
        .containsExactlyElementsOf(EnumSet.complementOf(EnumSet.of(PackedInput.TOKEN_SLOTS)));
    assertThat(packed.nodes()).noneMatch(node -> node.name().equals("input_mask"));
  }

  @Test
  void lower_packedRows_comparesFloats() throws IOException {
    FlatGraph packed = rewritten(graph.token(graph.attention(embedded), 0), 3);

    // TensorFlow compares ints on the CPU even on GPUs.
    assertThat(Lowering.lower(packed, DataType.DT_HALF, Target.PLAIN).nodes())
        .filteredOn(node -> node.is("NotEqual"))
        .hasSize(1)
        .flatExtracting(GraphNode::inputs)
        .hasSize(2)
        .allMatch(input -> input.node().attribute("dtype").getType() == DataType.DT_FLOAT);
  }

  @Test
  void apply_opsOnFirstTokens_keepTheirValues() throws IOException {
    NodeOutput first = graph.token(graph.attention(embedded), 0);
    // The pass matches positions, one attention and the first token.
    NodeOutput pooled = graph.op("Tanh", graph.op("MatMul", first, square()));

    rewritten(graph.op("AddV2", pooled, graph.weight(ExportedGraph.WIDTH)), 3);
  }

  @Test
  void apply_otherActivationsOfTokens_areOfTokensToo() throws IOException {
    NodeOutput dense = graph.dense(embedded);
    NodeOutput swish = graph.op("Mul", dense, graph.op("Sigmoid", dense));
    NodeOutput relu = graph.op("Relu", graph.op("AddV2", swish, graph.number(0.5)));

    rewritten(graph.token(graph.attention(relu), 0), 3);
  }

  @Test
  void apply_weightOfEachPosition_leavesTheGraphAlone() throws IOException {
    NodeOutput weighted = graph.op("Mul", embedded, graph.weight(GraphRun.LENGTH, 1));

    graph.assertRewritten(graph.token(graph.attention(weighted), 0), ONE_TOKEN, 0, passes());
  }

  @Test
  void apply_meanOfTokens_leavesTheGraphAlone() throws IOException {
    NodeOutput mean = graph.op("Mean", graph.attention(embedded), graph.integer(1));

    FlatGraph rewritten = rewritten(mean, 0);

    assertThat(new PackRows(RowPacking.OF_TOKENS).missedIn(rewritten)).isEqualTo(1);
  }

  @Test
  void apply_sumOfMaskedTokens_sumsWithinEachRow() throws IOException {
    NodeOutput attended = graph.attention(embedded);
    NodeOutput sum = graph.op("Sum", graph.op("Mul", attended, mask()), graph.integer(1));
    NodeOutput kept = graph.op("Sum", graph.op("Mul", mask(), attended), graph.integer(-2));
    kept.node().attributes().put("keep_dims", Match.flag(true));

    // The pass matches positions, one attention and a sum.
    rewritten(sum, 3);
    rewritten(graph.op("Squeeze", kept), 3);
  }

  @Test
  void apply_largestOfMaskedTokens_isOfEachRow() throws IOException {
    NodeOutput attended = graph.attention(embedded);
    NodeOutput selected =
        graph.op("SelectV2", present(), attended, graph.number(Float.NEGATIVE_INFINITY));
    NodeOutput penalty =
        graph.op("Mul", graph.op("Sub", graph.number(1), mask()), graph.number(1e9));

    // The pass matches positions, one attention and the maximum.
    rewritten(graph.op("Max", selected, graph.integer(1)), 3);
    rewritten(graph.op("Max", graph.op("Sub", attended, penalty), graph.integer(1)), 3);
    rewritten(
        graph.op("Max", graph.op("AddV2", graph.op("Neg", penalty), attended), graph.integer(1)),
        3);
  }

  @Test
  void apply_productsAndMasksOfTokens_areOfTokensToo() throws IOException {
    NodeOutput attended = graph.attention(embedded);
    NodeOutput projected = graph.op("Relu", graph.einsum("abc,cd->abd", attended, square()));
    NodeOutput penalty =
        graph.op("Mul", graph.op("Sub", graph.number(1), mask()), graph.number(-1e9));
    NodeOutput masked = graph.op("AddV2", graph.op("Mul", projected, mask()), penalty);

    // The pass matches positions, one attention and the maximum.
    rewritten(graph.op("Max", masked, graph.integer(1)), 3);
  }

  @Test
  void apply_poolingThatPaddingMayChange_leavesTheGraphAlone() throws IOException {
    NodeOutput attended = graph.attention(embedded);
    NodeOutput selected = graph.op("SelectV2", present(), attended, graph.number(-10));
    NodeOutput raised = graph.op("AddV2", attended, graph.op("Mul", mask(), graph.number(1e9)));

    rewritten(graph.op("Max", selected, graph.integer(1)), 0);
    rewritten(graph.op("Sum", selected, graph.integer(1)), 0);
    rewritten(graph.op("Max", raised, graph.integer(1)), 0);
  }

  @Test
  void apply_firstTokenPlusMeanOfTokens_leavesTheGraphAlone() throws IOException {
    NodeOutput attended = graph.attention(embedded);
    NodeOutput mean = graph.op("Mean", attended, graph.integer(1));

    rewritten(graph.op("AddV2", graph.token(attended, 0), mean), 0);
  }

  @Test
  void apply_outputReadsRowLengths_countsWithinEachRow() throws IOException {
    NodeOutput tokens = graph.op("Sum", graph.toFloat(graph.mask), graph.integers(1));
    NodeOutput first = graph.token(graph.attention(embedded), 0);

    // The pass matches positions, one attention, the first token and the sum.
    rewritten(graph.op("Mul", first, graph.op("ExpandDims", tokens, graph.integer(1))), 4);
  }

  /** Each sum reads the one before twice, so a reader that forgets takes for ever. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void apply_longChainOfSums_readsEachOnce() throws IOException {
    NodeOutput attended = graph.attention(embedded);
    NodeOutput sum = graph.op("AddV2", attended, graph.op("Mean", attended, graph.integers(1)));
    sum.node().input(1).node().attributes().put("keep_dims", Match.flag(true));
    for (int i = 0; i < 50; i++) {
      sum = graph.op("AddV2", graph.op("Mul", sum, graph.number(0.1)), sum);
    }

    rewritten(graph.token(sum, 0), 0);
  }

  @Test
  void apply_weakPenalty_leavesTheGraphAlone() throws IOException {
    rewritten(graph.token(graph.attention(embedded, -5), 0), 0);
  }

  @Test
  void apply_embeddingOfShiftedIds_isOfTokens() throws IOException {
    NodeOutput shifted = graph.embedding(graph.op("AddV2", graph.ids, graph.integer(1)));

    rewritten(graph.token(graph.attention(shifted), 0), 2);
  }

  @Test
  void apply_countedPositions_countWithinEachRow() throws IOException {
    NodeOutput counted = graph.embedding(fromZero(count()));

    // The pass matches the count, one attention and the first token.
    rewritten(graph.token(graph.attention(graph.op("AddV2", words, counted)), 0), 3);
  }

  @Test
  void apply_tokensWithTheIdOfPadding_areMaskedStill() throws IOException {
    GraphNode tokens = graph.node("NotEqual", graph.ids, graph.integer(LetterTokenizer.B));
    GraphNode mask = graph.node("Cast", tokens.output());
    mask.setType("DstT", DataType.DT_INT32);
    NodeOutput attended = graph.attention(embedded, mask.output(), -10_000);
    NodeOutput twice = graph.attention(attended, mask.output(), -10_000);

    // The pass matches positions, two attentions and the first token.
    graph.assertRewritten(
        graph.token(twice, 0), ONE_TOKEN, LENGTHS, 4, passes(RowPacking.OF_MASKED_TOKENS));
  }

  @Test
  void apply_masksOfIds_inAnySpelling() throws IOException {
    for (NodeOutput mask :
        List.of(
            graph.op("Sign", graph.ids),
            graph.op("Minimum", graph.ids, graph.integer(1)),
            graph.op(
                "Maximum", graph.op("Minimum", graph.ids, graph.integer(1)), graph.integer(0)))) {
      NodeOutput attended = graph.attention(embedded, mask, -10_000);

      // The pass matches positions, one attention and the first token.
      graph.assertRewritten(
          graph.token(attended, 0), ONE_TOKEN, LENGTHS, 3, passes(RowPacking.OF_MASKED_TOKENS));
    }
  }

  @Test
  void apply_embeddingOfAnUnknownKind_leavesTheGraphAlone() throws IOException {
    NodeOutput capped = graph.embedding(graph.op("Minimum", graph.ids, graph.integer(1)));
    NodeOutput fromTheEnd = count();
    fromTheEnd.node().attributes().put("reverse", Match.flag(true));

    rewritten(graph.token(graph.attention(capped), 0), 0);
    rewritten(graph.token(graph.attention(graph.embedding(fromZero(fromTheEnd))), 0), 0);
  }

  /** 1 at tokens, [rows, length, 1]. */
  private NodeOutput mask() {
    return graph.op("ExpandDims", graph.toFloat(graph.mask), graph.integer(-1));
  }

  private NodeOutput present() {
    NodeOutput present = graph.op("Cast", mask());
    present.node().setType("SrcT", DataType.DT_FLOAT);
    present.node().setType("DstT", DataType.DT_BOOL);
    return present;
  }

  /** 1, 2, 3 and so on, in each row. */
  private NodeOutput count() {
    return graph.op("Cumsum", graph.op("OnesLike", graph.ids), graph.integer(1));
  }

  private NodeOutput fromZero(NodeOutput count) {
    return graph.op("AddV2", count, graph.integer(-1));
  }

  private NodeOutput square() {
    return graph.weight(ExportedGraph.WIDTH, ExportedGraph.WIDTH);
  }

  private FlatGraph rewritten(NodeOutput y, int matches) throws IOException {
    return graph.assertRewritten(y, ONE_TOKEN, LENGTHS, matches, passes());
  }

  private static Pass[] passes() {
    return passes(RowPacking.OF_TOKENS);
  }

  private static Pass[] passes(RowPacking packing) {
    return new Pass[] {
      new CanonicalForms(new TensorShapes(0)),
      new RecogniseEmbedding(new TensorShapes(0)),
      new RecogniseDense(),
      new RecogniseAttention(new TensorShapes(0)),
      new FirstTokenOnly(),
      new PackRows(packing)
    };
  }
}
