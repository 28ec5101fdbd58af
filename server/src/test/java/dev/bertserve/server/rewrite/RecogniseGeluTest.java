package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RecogniseGeluTest {

  private final ExportedGraph graph = new ExportedGraph();
  private final NodeOutput x = graph.dense(graph.states);

  @Test
  void apply_tanhFormWithPow_isApproximate() throws IOException {
    NodeOutput cube = graph.op("Pow", x, graph.number(3));
    NodeOutput y = mul(mul(half(), x), onePlus(tanhOf(cube)));

    assertGelu(y, true);
  }

  @Test
  void apply_tanhFormWithSquare_isApproximate() throws IOException {
    NodeOutput cube = mul(x, graph.op("Square", x));
    NodeOutput y = mul(half(), mul(x, onePlus(tanhOf(cube))));

    assertGelu(y, true);
  }

  @Test
  void apply_erfForm_isExact() throws IOException {
    NodeOutput erf = graph.op("Erf", graph.op("RealDiv", x, graph.number(Math.sqrt(2))));
    NodeOutput y = mul(x, mul(half(), onePlus(erf)));

    assertGelu(y, false);
  }

  @Test
  void apply_anotherConstant_leavesTheGraphAlone() throws IOException {
    NodeOutput erf = graph.op("Erf", mul(x, graph.number(0.7)));
    NodeOutput y = mul(mul(half(), x), onePlus(erf));

    graph.assertRewritten(y, 0, new RecogniseDense(), new RecogniseGelu(new TensorShapes(0)));
  }

  @Test
  void apply_cubeOfSomethingElse_leavesTheGraphAlone() throws IOException {
    NodeOutput cube = graph.op("Pow", graph.states, graph.number(3));

    graph.assertRewritten(
        mul(mul(half(), x), onePlus(tanhOf(cube))),
        0,
        new RecogniseDense(),
        new RecogniseGelu(new TensorShapes(0)));
  }

  @Test
  void apply_noTokenTensor_leavesTheGraphAlone() throws IOException {
    NodeOutput erf = graph.op("Erf", mul(graph.states, graph.number(Math.sqrt(0.5))));
    NodeOutput y = mul(mul(half(), graph.states), onePlus(erf));

    graph.assertRewritten(y, 0, new RecogniseDense(), new RecogniseGelu(new TensorShapes(0)));
  }

  private void assertGelu(NodeOutput y, boolean approximate) throws IOException {
    FlatGraph rewritten =
        graph.assertRewritten(y, 1, new RecogniseDense(), new RecogniseGelu(new TensorShapes(0)));
    GraphNode gelu = rewritten.outputs().get("y").node();
    assertThat(gelu.op()).isEqualTo(Ops.GELU);
    assertThat(gelu.input(0).node().op()).isEqualTo(Ops.DENSE);
    assertThat(gelu.attribute(Ops.APPROXIMATE).getB()).isEqualTo(approximate);
  }

  private NodeOutput tanhOf(NodeOutput cube) {
    NodeOutput sum = graph.op("AddV2", x, mul(graph.number(0.044715), cube));
    return graph.op("Tanh", mul(graph.number(Math.sqrt(2 / Math.PI)), sum));
  }

  private NodeOutput onePlus(NodeOutput tensor) {
    return graph.op("AddV2", graph.number(1), tensor);
  }

  private NodeOutput mul(NodeOutput left, NodeOutput right) {
    return graph.op("Mul", left, right);
  }

  private NodeOutput half() {
    return graph.number(0.5);
  }
}
