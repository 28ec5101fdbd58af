package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.NodeOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RecogniseLayerNormTest {

  private final ExportedGraph graph = new ExportedGraph();
  private final NodeOutput x = graph.states;
  private final NodeOutput mean = graph.mean(x, 2);
  private final NodeOutput gamma = graph.weight(ExportedGraph.WIDTH);
  private final NodeOutput beta = graph.weight(ExportedGraph.WIDTH);

  @Test
  void apply_kerasForm_isOneNode() throws IOException {
    graph.assertRewritten(
        norm(rsqrt(variance(2)), mean, beta), 1, new RecogniseLayerNorm(new TensorShapes(0)));
  }

  @Test
  void apply_epsilonOutsideTheRoot_leavesTheGraphAlone() throws IOException {
    NodeOutput root = graph.op("Rsqrt", variance(2));
    NodeOutput scale = graph.op("AddV2", root, graph.number(0.01));

    graph.assertRewritten(norm(scale, mean, beta), 0, new RecogniseLayerNorm(new TensorShapes(0)));
  }

  @Test
  void apply_varianceOverLength_leavesTheGraphAlone() throws IOException {
    graph.assertRewritten(
        norm(rsqrt(variance(1)), mean, beta), 0, new RecogniseLayerNorm(new TensorShapes(0)));
  }

  @Test
  void apply_meanOverLength_leavesTheGraphAlone() throws IOException {
    NodeOutput other = graph.mean(x, 1);

    graph.assertRewritten(
        norm(rsqrt(variance(2)), other, beta), 0, new RecogniseLayerNorm(new TensorShapes(0)));
  }

  @Test
  void apply_computedShift_leavesTheGraphAlone() throws IOException {
    NodeOutput shift = graph.op("Mul", beta, graph.number(2));

    graph.assertRewritten(
        norm(rsqrt(variance(2)), mean, shift), 0, new RecogniseLayerNorm(new TensorShapes(0)));
  }

  private NodeOutput variance(int axis) {
    return graph.mean(graph.op("SquaredDifference", x, mean), axis);
  }

  private NodeOutput rsqrt(NodeOutput variance) {
    return graph.op("Rsqrt", graph.op("AddV2", variance, graph.number(1e-3)));
  }

  private NodeOutput norm(NodeOutput scale, NodeOutput center, NodeOutput shift) {
    NodeOutput multiplier = graph.op("Mul", scale, gamma);
    return graph.op(
        "AddV2",
        graph.op("Mul", x, multiplier),
        graph.op("Sub", shift, graph.op("Mul", center, multiplier)));
  }
}
