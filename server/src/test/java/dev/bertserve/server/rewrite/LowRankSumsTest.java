package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;

/** Kernels that LoRA has trained, by hand. */
final class LowRankSumsTest {

  private static final LowRankSums SUMS = new LowRankSums();
  private static final NodeOutput KERNEL = weight(List.of(2L, 2L), 1, 2, 3, 4);
  private static final NodeOutput DOWN = weight(List.of(2L, 1L), 1, 2);
  private static final NodeOutput UP = weight(List.of(1L, 2L), 10, 100);

  @Test
  void canonical_kernelPlusProduct_isOneKernel() throws IOException {
    assertThat(values(sum(KERNEL, product(DOWN, UP)))).containsExactly(11, 102, 23, 204);
    assertThat(values(sum(product(DOWN, UP), KERNEL))).containsExactly(11, 102, 23, 204);
  }

  /** As Keras writes alpha by rank. */
  @Test
  void canonical_scaledProduct_isScaled() throws IOException {
    NodeOutput half = new Emitter(DataType.DT_FLOAT).number(0.5f);

    assertThat(values(sum(KERNEL, node("Mul", half, product(DOWN, UP)))))
        .containsExactly(6, 52, 13, 104);
  }

  @Test
  void canonical_anotherProduct_staysAsItIs() {
    NodeOutput wide = weight(List.of(1L, 4L), 1, 1, 1, 1);
    GraphNode transposed = product(DOWN, UP).node();
    transposed.attributes().put("transpose_a", Match.flag(true));

    assertThat(SUMS.canonical(sum(KERNEL, product(DOWN, wide)))).isNull();
    assertThat(SUMS.canonical(sum(KERNEL, transposed.output()))).isNull();
    assertThat(SUMS.canonical(sum(KERNEL, UP))).isNull();
  }

  private static float[] values(GraphNode sum) throws IOException {
    Weight folded = Match.weight(Objects.requireNonNull(SUMS.canonical(sum)));
    assertThat(Objects.requireNonNull(folded).shape()).containsExactly(2L, 2L);
    return folded.floats();
  }

  private static GraphNode sum(NodeOutput first, NodeOutput second) {
    return node("AddV2", first, second).node();
  }

  private static NodeOutput product(NodeOutput first, NodeOutput second) {
    return node("MatMul", first, second);
  }

  private static NodeOutput node(String op, NodeOutput... inputs) {
    GraphNode node = new GraphNode(op, op);
    node.inputs().addAll(List.of(inputs));
    return node.output();
  }

  private static NodeOutput weight(List<Long> shape, float... values) {
    return new GraphNode("weight", Weight.computed(shape, values::clone)).output();
  }
}
