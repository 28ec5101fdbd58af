package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A kernel plus a product of two thin ones, as LoRA trains it, is another kernel. */
final class LowRankSums implements CanonicalForms.Spelling {

  @Override
  public @Nullable NodeOutput canonical(GraphNode node) {
    List<NodeOutput> terms =
        Match.isAdd(node) ? Match.matchingFirst(node, term -> Match.weight(term) != null) : null;
    Weight kernel = terms == null ? null : Match.weight(terms.get(0));
    if (terms == null || kernel == null) {
      return null;
    }
    NodeOutput product = unshaped(terms.get(1));
    float scale = 1;
    if (Match.is(product, "Mul")) {
      List<NodeOutput> factors =
          Match.matchingFirst(product.node(), factor -> !Float.isNaN(Match.scalar(factor)));
      if (factors == null) {
        return null;
      }
      scale = Match.scalar(factors.get(0));
      product = unshaped(factors.get(1));
    }
    return sum(node, kernel, scale, product.node());
  }

  /** Thin kernels multiply as matrices, in whatever shape their product is. */
  private static NodeOutput unshaped(NodeOutput tensor) {
    return Match.is(tensor, "Reshape") ? tensor.node().input(0) : tensor;
  }

  private static @Nullable NodeOutput sum(
      GraphNode node, Weight kernel, float scale, GraphNode product) {
    if (!product.op().matches("MatMul|BatchMatMul|BatchMatMulV2")
        || List.of("transpose_a", "transpose_b", "adj_x", "adj_y").stream()
            .anyMatch(product::flag)) {
      return null;
    }
    Weight down = Match.weight(product.input(0));
    Weight up = Match.weight(product.input(1));
    if (down == null
        || up == null
        || up.shape().size() != 2
        || down.shape().isEmpty()
        || kernel.shape().isEmpty()) {
      return null;
    }
    int rank = Math.toIntExact(up.shape().get(0));
    int width = Math.toIntExact(up.shape().get(1));
    boolean fits =
        last(down) == rank
            && last(kernel) == width
            && down.count() / rank == kernel.count() / width;
    return fits
        ? Match.constant(
            node.output(),
            Weight.computed(kernel.shape(), () -> values(kernel, down, up, scale, rank, width)))
        : null;
  }

  private static long last(Weight weight) {
    return weight.shape().get(weight.shape().size() - 1);
  }

  private static float[] values(
      Weight kernel, Weight down, Weight up, float scale, int rank, int width) throws IOException {
    float[] values = kernel.floats();
    float[] downs = down.floats();
    float[] ups = up.floats();
    for (int i = 0; i < values.length; i++) {
      double product = 0;
      for (int k = 0; k < rank; k++) {
        product += (double) downs[i / width * rank + k] * ups[k * width + i % width];
      }
      values[i] += (float) (scale * product);
    }
    return values;
  }
}
