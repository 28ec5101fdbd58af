package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;

/** Spellings of other libraries, which the recognisers see in Keras' spelling. */
final class CanonicalFormsTest {

  private static final int WIDTH = ExportedGraph.WIDTH;

  private final ExportedGraph graph = new ExportedGraph();

  @Test
  void apply_productOfMatrices_isAProjection() throws IOException {
    assertDense(projection(graph.integers(-1, WIDTH)), 1);
  }

  @Test
  void apply_shapeFromArithmetic_isProven() throws IOException {
    NodeOutput shape = graph.op("Shape", graph.states);
    GraphNode tokens = graph.node("Prod", graph.op("GatherV2", shape, indices(), zero()), axis());
    GraphNode sizes = graph.list("Pack", DataType.DT_INT32, tokens.output(), graph.integer(WIDTH));

    assertDense(projection(sizes.output()), 1);
  }

  @Test
  void apply_rowsOfHalfTheWidth_leavesTheGraphAlone() throws IOException {
    NodeOutput flat = graph.op("Reshape", graph.states, graph.integers(-1, WIDTH / 2));
    NodeOutput product = graph.op("MatMul", flat, graph.weight(WIDTH / 2, WIDTH / 2));

    assertDense(graph.op("AddV2", graph.shaped(product), graph.weight(WIDTH)), 0);
  }

  @Test
  void apply_heads_areSplitInTheKernel() throws IOException {
    NodeOutput heads =
        graph.op(
            "Reshape",
            projection(graph.integers(-1, WIDTH)),
            graph.integers(-1, 8, ExportedGraph.HEADS, ExportedGraph.HEAD_WIDTH));
    NodeOutput joined = graph.op("Reshape", heads, graph.op("Shape", graph.states));

    graph.assertRewritten(joined, 1, new CanonicalForms(new TensorShapes(8)), new RecogniseDense());
  }

  @Test
  void apply_guardOfNegativeIds_isDropped() throws IOException {
    NodeOutput less = graph.op("Less", graph.ids, graph.integer(0));
    NodeOutput fromEnd = graph.op("AddV2", graph.ids, graph.integer(WIDTH));
    NodeOutput ids = graph.op("SelectV2", less, fromEnd, graph.ids);

    graph.assertRewritten(
        graph.embedding(ids),
        1,
        new CanonicalForms(new TensorShapes(0)),
        new RecogniseEmbedding(new TensorShapes(0)));
  }

  private void assertDense(NodeOutput y, int matches) throws IOException {
    graph.assertRewritten(
        y, matches, new CanonicalForms(new TensorShapes(0)), new RecogniseDense());
  }

  private NodeOutput projection(NodeOutput flatShape) {
    NodeOutput flat = graph.op("Reshape", graph.states, flatShape);
    NodeOutput product = graph.op("MatMul", flat, graph.weight(WIDTH, WIDTH));
    return graph.op("AddV2", graph.shaped(product), graph.weight(WIDTH));
  }

  private NodeOutput indices() {
    return graph.integers(0, 1);
  }

  private NodeOutput axis() {
    return graph.integers(0);
  }

  private NodeOutput zero() {
    return graph.integer(0);
  }
}
