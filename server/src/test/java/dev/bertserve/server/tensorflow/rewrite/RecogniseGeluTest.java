package dev.bertserve.server.tensorflow.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;

final class RecogniseGeluTest {

  private final Emitter emit = new Emitter(DataType.DT_FLOAT);
  private final NodeOutput x = new GraphNode("x", Ops.DENSE).output();

  @Test
  void apply_tanhFormWithPow_isApproximate() {
    NodeOutput cube = emit.op("Pow", x, emit.number(3));
    FlatGraph graph = graph(mul(mul(half(), x), onePlus(tanhOf(cube))));

    assertThat(new RecogniseGelu().apply(graph)).isEqualTo(1);
    assertGelu(graph, true);
  }

  @Test
  void apply_tanhFormWithSquare_isApproximate() {
    NodeOutput cube = mul(x, emit.op("Square", x));
    FlatGraph graph = graph(mul(half(), mul(x, onePlus(tanhOf(cube)))));

    new RecogniseGelu().apply(graph);

    assertGelu(graph, true);
  }

  @Test
  void apply_erfForm_isExact() {
    NodeOutput erf = emit.op("Erf", emit.op("RealDiv", x, emit.number((float) Math.sqrt(2))));
    FlatGraph graph = graph(mul(x, mul(half(), onePlus(erf))));

    new RecogniseGelu().apply(graph);

    assertGelu(graph, false);
  }

  @Test
  void apply_anotherConstant_leavesTheGraphAlone() {
    NodeOutput erf = emit.op("Erf", mul(x, emit.number(0.7f)));
    FlatGraph graph = graph(mul(mul(half(), x), onePlus(erf)));

    assertThat(new RecogniseGelu().apply(graph)).isZero();
  }

  @Test
  void apply_noTokenTensor_leavesTheGraphAlone() {
    NodeOutput pooled = new GraphNode("pooled", "MatMul").output();
    NodeOutput erf = emit.op("Erf", mul(pooled, emit.number((float) Math.sqrt(0.5))));
    FlatGraph graph = graph(mul(mul(half(), pooled), onePlus(erf)));

    assertThat(new RecogniseGelu().apply(graph)).isZero();
  }

  private void assertGelu(FlatGraph graph, boolean approximate) {
    GraphNode gelu = graph.outputs().get("y").node();
    assertThat(gelu.op()).isEqualTo(Ops.GELU);
    assertThat(gelu.input(0)).isEqualTo(x);
    assertThat(gelu.attribute(Ops.APPROXIMATE).getB()).isEqualTo(approximate);
  }

  private NodeOutput tanhOf(NodeOutput cube) {
    NodeOutput sum = emit.op("AddV2", x, mul(emit.number(0.044715f), cube));
    return emit.op("Tanh", mul(emit.number((float) Math.sqrt(2 / Math.PI)), sum));
  }

  private NodeOutput onePlus(NodeOutput tensor) {
    return emit.op("AddV2", emit.number(1), tensor);
  }

  private NodeOutput mul(NodeOutput left, NodeOutput right) {
    return emit.op("Mul", left, right);
  }

  private NodeOutput half() {
    return emit.number(0.5f);
  }

  private static FlatGraph graph(NodeOutput output) {
    return new FlatGraph(Map.of("y", output));
  }
}
