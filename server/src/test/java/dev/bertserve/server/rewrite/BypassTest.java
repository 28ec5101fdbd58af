package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.tensorflow.GraphRun;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;

final class BypassTest {

  private static final List<Integer> ROW_SHAPE = List.of(GraphRun.LENGTH, ExportedGraph.WIDTH);

  private final ExportedGraph graph = new ExportedGraph();
  private final Emitter emit = new Emitter(DataType.DT_FLOAT);
  private final NodeOutput kernelOfLast = graph.weight(ExportedGraph.WIDTH);
  private final NodeOutput first = graph.op("Tanh", graph.states);
  private final NodeOutput second = graph.op("Exp", first);
  private final NodeOutput third = graph.op("Neg", graph.op("AddV2", second, first));

  @Test
  void add_notTaken_runsAllLayers() throws IOException {
    float[] all = GraphRun.of(withLast(third), ROW_SHAPE);

    assertThat(GraphRun.of(bypassed(), ROW_SHAPE)).isEqualTo(all);
  }

  @Test
  void add_taken_runsTheFirstAndTheLastLayer() throws IOException {
    float[] firstAndLast = GraphRun.of(withLast(first), ROW_SHAPE);
    FlatGraph bypassed = bypassed();
    NodeOutput taken = emit.cast(emit.integer(1), DataType.DT_INT32, DataType.DT_BOOL);
    bypassed.replaceReads(tensor -> tensor.node().name().equals(Bypass.TAKEN) ? taken : tensor);

    assertThat(GraphRun.of(bypassed, ROW_SHAPE)).isEqualTo(firstAndLast);
  }

  @Test
  void add_twoLayers_leavesTheGraphAlone() {
    FlatGraph flat = withLast(first);

    Bypass.add(flat, List.of(graph.states, first), emit);

    assertNoBypass(flat);
  }

  @Test
  void add_outputOfAMiddleLayer_leavesTheGraphAlone() {
    FlatGraph flat = new FlatGraph(Map.of("y", last(third), "states", second));

    Bypass.add(flat, List.of(graph.states, first, third), emit);

    assertNoBypass(flat);
  }

  @Test
  void lower_threeLayers_addsABypass() throws IOException {
    NodeOutput y = graph.attention(graph.attention(graph.attention(graph.states)));

    FlatGraph rewritten =
        graph.assertRewritten(
            y, 3, new RecogniseDense(), new RecogniseAttention(new TensorShapes(0)));

    FlatGraph lowered = Lowering.lower(rewritten, DataType.DT_FLOAT, Target.ONE_DNN);
    assertThat(lowered.nodes()).anyMatch(node -> node.name().equals(Bypass.TAKEN));
    assertThat(Bypass.isIn(lowered)).isTrue();
  }

  private FlatGraph bypassed() {
    FlatGraph flat = withLast(third);
    Bypass.add(flat, List.of(graph.states, first, second, third), emit);
    return flat;
  }

  private FlatGraph withLast(NodeOutput states) {
    return new FlatGraph(Map.of("y", last(states)));
  }

  private NodeOutput last(NodeOutput states) {
    return graph.op("AddV2", graph.op("Mul", states, kernelOfLast), states);
  }

  private static void assertNoBypass(FlatGraph flat) {
    assertThat(Bypass.isIn(flat)).isFalse();
    assertThat(flat.nodes()).noneMatch(node -> node.is("Switch") || node.is("Merge"));
  }
}
