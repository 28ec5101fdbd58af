package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.NodeOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RecogniseDenseTest {

  private static final int WIDTH = ExportedGraph.WIDTH;

  private final ExportedGraph graph = new ExportedGraph();
  private final NodeOutput x = graph.states;

  @Test
  void apply_overTheWidth_isOneNode() throws IOException {
    graph.assertRewritten(graph.dense(x), 1, new RecogniseDense());
  }

  @Test
  void apply_toHeadsAndBack_areOneNodeEach() throws IOException {
    graph.assertRewritten(graph.fromHeads(graph.toHeads(x)), 2, new RecogniseDense());
  }

  @Test
  void apply_anyRankOfATokenTensor_isOneNode() throws IOException {
    NodeOutput y = withBias("...x,xy->...y", graph.dense(x), graph.weight(WIDTH, WIDTH));

    graph.assertRewritten(y, 1, new RecogniseDense(), new RecogniseDense());
  }

  @Test
  void apply_anyRankOfSomethingElse_leavesTheGraphAlone() throws IOException {
    NodeOutput y = withBias("...x,xy->...y", x, graph.weight(WIDTH, WIDTH));

    graph.assertRewritten(y, 0, new RecogniseDense());
  }

  @Test
  void apply_kernelTransposed_leavesTheGraphAlone() throws IOException {
    NodeOutput y = withBias("abc,dc->abd", x, graph.weight(WIDTH, WIDTH));

    graph.assertRewritten(y, 0, new RecogniseDense());
  }

  @Test
  void apply_computedKernel_leavesTheGraphAlone() throws IOException {
    NodeOutput kernel = graph.op("Mul", graph.weight(WIDTH, WIDTH), graph.number(2));

    graph.assertRewritten(withBias("abc,cd->abd", x, kernel), 0, new RecogniseDense());
  }

  @Test
  void apply_biasOfOneElement_leavesTheGraphAlone() throws IOException {
    NodeOutput product = graph.einsum("abc,cd->abd", x, graph.weight(WIDTH, WIDTH));

    graph.assertRewritten(graph.op("AddV2", product, graph.weight(1)), 0, new RecogniseDense());
  }

  private NodeOutput withBias(String equation, NodeOutput input, NodeOutput kernel) {
    return graph.op("AddV2", graph.einsum(equation, input, kernel), graph.weight(WIDTH));
  }
}
