package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.NodeOutput;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FirstTokenOnlyTest {

  private static final List<Integer> ONE_TOKEN = List.of(ExportedGraph.WIDTH);

  private final ExportedGraph graph = new ExportedGraph();

  @Test
  void apply_firstTokenOfProjections_projectsOnlyThatToken() throws IOException {
    NodeOutput y = graph.token(graph.dense(graph.dense(graph.states)), 0);

    FlatGraph rewritten = rewritten(y, 1);

    assertThat(TokenTensor.isFirstOnly(rewritten.outputs().get("y"))).isTrue();
    assertThat(Match.count(rewritten, node -> node.is(Ops.FIRST_TOKEN))).isEqualTo(1);
    assertThat(Match.count(rewritten, node -> node.is("StridedSlice"))).isZero();
  }

  @Test
  void apply_tokensReadElsewhereToo_computesAllOfThem() throws IOException {
    NodeOutput shared = graph.dense(graph.states);
    NodeOutput sum = graph.op("Sum", shared, graph.integer(1));
    NodeOutput y = graph.op("AddV2", graph.token(graph.dense(shared), 0), sum);

    FlatGraph rewritten = rewritten(y, 1);

    assertThat(Match.count(rewritten, node -> node.is(Ops.DENSE))).isEqualTo(2);
  }

  @Test
  void apply_secondToken_leavesTheGraphAlone() throws IOException {
    rewritten(graph.token(graph.dense(graph.states), 1), 0);
  }

  @Test
  void apply_firstOfNoTokenTensor_leavesTheGraphAlone() throws IOException {
    rewritten(graph.token(graph.states, 0), 0);
  }

  private FlatGraph rewritten(NodeOutput y, int matches) throws IOException {
    return graph.assertRewritten(y, ONE_TOKEN, matches, new RecogniseDense(), new FirstTokenOnly());
  }
}
