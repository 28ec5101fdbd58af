package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.NodeOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class MergeDuplicatesTest {

  private final ExportedGraph graph = new ExportedGraph();

  @Test
  void apply_sameOpsOnSameTensors_areOne() throws IOException {
    graph.assertRewritten(graph.op("AddV2", doubled(), doubled()), 2, new MergeDuplicates());
  }

  @Test
  void apply_otherOrderOfInputs_leavesTheGraphAlone() throws IOException {
    graph.assertRewritten(
        graph.op(
            "Mul",
            graph.op("Sub", graph.states, graph.dense(graph.states)),
            graph.op("Sub", graph.dense(graph.states), graph.states)),
        0,
        new MergeDuplicates());
  }

  @Test
  void apply_otherConstant_leavesTheGraphAlone() throws IOException {
    graph.assertRewritten(
        graph.op("AddV2", graph.op("AddV2", graph.states, graph.number(1)), graph.number(2)),
        0,
        new MergeDuplicates());
  }

  /** Two nodes: a constant and its product. */
  private NodeOutput doubled() {
    return graph.op("Mul", graph.states, graph.number(2));
  }
}
