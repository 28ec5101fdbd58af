package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.NodeOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;

final class InHalvesTest {

  private final ExportedGraph graph = new ExportedGraph();
  private final NodeOutput x = graph.dense(graph.states);

  @Test
  void apply_attention_halvesHeads() throws IOException {
    assertRewritten(graph.attention(x), 1);
  }

  @Test
  void apply_feedForward_halvesTheInnerWidth() throws IOException {
    assertRewritten(graph.dense(gelu(graph.dense(x))), 1);
  }

  @Test
  void apply_feedForwardAndResidual_addsAllInOneOp() throws IOException {
    NodeOutput y = graph.op("AddV2", graph.dense(gelu(graph.dense(x))), x);

    FlatGraph lowered = Lowering.lower(assertRewritten(y, 1), DataType.DT_BFLOAT16, Target.ONE_DNN);

    assertThat(lowered.nodes())
        .filteredOn(node -> node.is("AddN"))
        .singleElement()
        .satisfies(
            sum -> {
              assertThat(sum.inputs()).hasSize(3);
              assertThat(sum.attribute("T").getType()).isEqualTo(DataType.DT_FLOAT);
            });
  }

  @Test
  void apply_residualOfAProjection_fusesThatProjection() throws IOException {
    NodeOutput y = graph.op("AddV2", graph.dense(gelu(graph.dense(x))), graph.dense(x));

    assertRewritten(y, 1);
  }

  @Test
  void apply_activationReadTwice_leavesTheGraphAlone() throws IOException {
    NodeOutput activated = gelu(graph.dense(x));

    assertRewritten(graph.op("AddV2", graph.dense(activated), activated), 0);
  }

  @Test
  void apply_activationOfNoProjection_leavesTheGraphAlone() throws IOException {
    assertRewritten(graph.dense(gelu(graph.op("AddV2", x, graph.dense(x)))), 0);
  }

  @Test
  void apply_projectionOfProjection_leavesTheGraphAlone() throws IOException {
    assertRewritten(graph.dense(graph.dense(x)), 0);
  }

  @Test
  void missedIn_oneSplitAndOneNot_countsTheOther() throws IOException {
    NodeOutput activated = gelu(graph.dense(x));
    NodeOutput whole = graph.op("AddV2", graph.dense(activated), activated);

    FlatGraph rewritten = assertRewritten(graph.attention(whole), 1);

    assertThat(new InHalves().missedIn(rewritten)).isOne();
  }

  private NodeOutput gelu(NodeOutput input) {
    NodeOutput erf = graph.op("Erf", graph.op("Mul", input, graph.number(Math.sqrt(0.5))));
    NodeOutput half = graph.op("Mul", input, graph.number(0.5));
    return graph.op("Mul", half, graph.op("AddV2", erf, graph.number(1)));
  }

  private FlatGraph assertRewritten(NodeOutput y, int matches) throws IOException {
    return graph.assertRewritten(
        y,
        matches,
        new RecogniseDense(),
        new RecogniseGelu(new TensorShapes(0)),
        new RecogniseAttention(new TensorShapes(0)),
        new InHalves());
  }
}
