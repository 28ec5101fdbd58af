package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.NodeOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RecogniseAttentionTest {

  private static final String SCORES = "aecd,abcd->acbe";

  private final ExportedGraph graph = new ExportedGraph();
  private final NodeOutput x = graph.states;
  private final NodeOutput query = graph.op("Mul", graph.toHeads(x), graph.number(0.35));
  private final NodeOutput key = graph.toHeads(x);
  private final NodeOutput present = forEachHead(graph.toFloat(graph.mask));
  private final NodeOutput absent = graph.op("Sub", graph.number(1), present);

  @Test
  void apply_kerasForm_isOneNode() throws IOException {
    assertRewritten(graph.attention(x), 1);
  }

  @Test
  void apply_scoresWithoutScale_isOneNode() throws IOException {
    NodeOutput scores = graph.einsum(SCORES, key, graph.toHeads(x));

    assertRewritten(attended(masked(scores, absent, -10_000)), 1);
  }

  @Test
  void apply_keysOfOtherTokens_isOneNode() throws IOException {
    NodeOutput others = graph.toHeads(graph.dense(x));

    assertRewritten(attended(masked(graph.einsum(SCORES, others, query), absent, -10_000)), 1);
  }

  @Test
  void apply_maskAddedTwice_addsThePenalties() throws IOException {
    assertRewritten(attended(masked(masked(scores(), absent, -2), absent, -2)), 1);
  }

  @Test
  void apply_selectedScores_isOneNode() throws IOException {
    NodeOutput tokens = forEachHead(graph.op("NotEqual", graph.mask, graph.integer(0)));
    NodeOutput selected = graph.op("SelectV2", tokens, scores(), graph.number(-3.4e38));

    assertRewritten(attended(selected), 1);
  }

  @Test
  void apply_moderateNumberInsteadOfScores_leavesTheGraphAlone() throws IOException {
    NodeOutput tokens = forEachHead(graph.op("NotEqual", graph.mask, graph.integer(0)));
    NodeOutput selected = graph.op("SelectV2", tokens, scores(), graph.number(-2));

    assertRewritten(attended(selected), 0);
  }

  @Test
  void apply_typesForAMask_leavesTheGraphAlone() throws IOException {
    NodeOutput types = graph.op("Minimum", graph.ids, graph.integer(2));
    NodeOutput first = graph.op("Sub", graph.number(1), forEachHead(graph.toFloat(types)));

    assertRewritten(attended(masked(scores(), first, -10_000)), 0);
  }

  @Test
  void apply_invertedMask_leavesTheGraphAlone() throws IOException {
    assertRewritten(attended(masked(scores(), present, -2)), 0);
  }

  @Test
  void apply_positivePenalty_leavesTheGraphAlone() throws IOException {
    assertRewritten(attended(masked(scores(), absent, 2)), 0);
  }

  @Test
  void apply_headsThatTalkBeforeAndAfterTheSoftmax_isOneNode() throws IOException {
    NodeOutput weights = graph.op("Softmax", masked(mixed(scores()), absent, -10_000));

    assertRewritten(weighted(mixed(weights)), 1);
  }

  @Test
  void apply_headsThatTalkOnce_leavesTheGraphAlone() throws IOException {
    assertRewritten(attended(masked(mixed(scores()), absent, -10_000)), 0);
    assertRewritten(weighted(mixed(graph.op("Softmax", masked(scores(), absent, -10_000)))), 0);
  }

  @Test
  void apply_noMask_leavesTheGraphAlone() throws IOException {
    assertRewritten(attended(scores()), 0);
  }

  @Test
  void apply_queryBeforeKey_isOneNode() throws IOException {
    NodeOutput scores = graph.einsum("abcd,aecd->acbe", query, key);

    assertRewritten(attended(masked(scores, absent, -10_000)), 1);
  }

  @Test
  void apply_scaledWeights_leavesTheGraphAlone() throws IOException {
    NodeOutput weights = graph.op("Softmax", masked(scores(), absent, -10_000));

    assertRewritten(weighted(graph.op("Mul", weights, graph.number(0.9))), 0);
  }

  private void assertRewritten(NodeOutput y, int matches) throws IOException {
    graph.assertRewritten(
        y, matches, new RecogniseDense(), new RecogniseAttention(new TensorShapes(0)));
  }

  private NodeOutput scores() {
    return graph.einsum(SCORES, key, query);
  }

  private NodeOutput forEachHead(NodeOutput mask) {
    NodeOutput once = graph.op("ExpandDims", mask, graph.integer(1));
    return graph.op("ExpandDims", once, graph.integer(1));
  }

  private NodeOutput masked(NodeOutput scores, NodeOutput where, double penalty) {
    return graph.op("AddV2", scores, graph.op("Mul", where, graph.number(penalty)));
  }

  /** Sums of all heads in place of each. */
  private NodeOutput mixed(NodeOutput scores) {
    return graph.einsum(
        "abcd,be->aecd", scores, graph.weight(ExportedGraph.HEADS, ExportedGraph.HEADS));
  }

  private NodeOutput attended(NodeOutput scores) {
    return weighted(graph.op("Softmax", scores));
  }

  private NodeOutput weighted(NodeOutput weights) {
    return graph.fromHeads(graph.einsum("acbe,aecd->abcd", weights, graph.toHeads(x)));
  }
}
