package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** Lowers projections to products in the compute type or, if they are quantised, of 8 bits. */
final class ProductLowering {

  private final Emitter emit;
  private final LayerOps ops;
  private final Int8Ops int8;
  private final LoweredWeights weights;
  private final Set<GraphNode> fusable;
  private final Map<GraphNode, Integer> readCounts;
  private final Operands operands;
  private final Map<Key, Int8Ops.Kernel> kernels = new HashMap<>();
  private final Map<NodeOutput, Int8Ops.Quantised> quantised = new HashMap<>();

  /** Lowers what projections read. */
  interface Operands {
    /** {@code tensor} as [tokens, width] in the compute type. */
    NodeOutput matrix(NodeOutput tensor, int width);
  }

  /** Projections of one tensor, the first of them scaled. */
  private record Key(List<GraphNode> projections, float scale) {}

  /**
   * Makes the products of one graph.
   *
   * @param fusable projections that are fused with their only reader
   * @param readCounts number of times that each node is read
   */
  ProductLowering(
      Emitter emit,
      LayerOps ops,
      LoweredWeights weights,
      Set<GraphNode> fusable,
      Map<GraphNode, Integer> readCounts,
      Operands operands) {
    this.emit = emit;
    this.ops = ops;
    this.weights = weights;
    this.fusable = fusable;
    this.readCounts = readCounts;
    this.operands = operands;
    int8 = new Int8Ops(emit);
  }

  /**
   * Several projections of one tensor in one product, the first of them scaled; then the activation
   * (empty for none), or plus the residual; in {@code format}.
   */
  NodeOutput product(
      List<GraphNode> projections,
      float scale,
      String activation,
      @Nullable NodeOutput residual,
      DataType format) {
    GraphNode first = projections.get(0);
    if (Ops.isQuantised(first)) {
      return int8.product(
          quantised(first), kernel(projections, scale), activation, residual, format);
    }
    return ops.dense(
        emit.cast(operands.matrix(first.input(0), widthIn(first)), emit.type(), format),
        weights.joined(projections, 1, scale, format),
        weights.joined(projections, 2, scale, format),
        activation,
        residual);
  }

  private Int8Ops.Quantised quantised(GraphNode dense) {
    NodeOutput x = dense.input(0);
    Int8Ops.Quantised known = quantised.get(x);
    if (known == null) {
      known =
          isRounded(x.node())
              ? rounded(x.node(), dense)
              : int8.quantise(operands.matrix(x, widthIn(dense)), dense);
      quantised.put(x, known);
    }
    return known;
  }

  /** Whether the product before a GELU can round what the GELU returns. */
  private boolean isRounded(GraphNode gelu) {
    return gelu.is(Ops.GELU)
        && readCounts.getOrDefault(gelu, 0) == 1
        && fusable.contains(gelu.input(0).node())
        && Ops.isQuantised(gelu.input(0).node());
  }

  private Int8Ops.Quantised rounded(GraphNode gelu, GraphNode reader) {
    GraphNode dense = gelu.input(0).node();
    return int8.product(quantised(dense), kernel(List.of(dense), 1), Ops.fusedGelu(gelu), reader);
  }

  private Int8Ops.Kernel kernel(List<GraphNode> projections, float scale) {
    return kernels.computeIfAbsent(
        new Key(List.copyOf(projections), scale),
        key ->
            int8.kernel(
                LoweredWeights.joinedWeight(projections, 1, 1),
                LoweredWeights.joinedWeight(projections, 2, scale),
                LoweredWeights.joinedWeight(projections, Ops.PEAKS, scale)));
  }

  /** Width of what {@code dense} reads. */
  static int widthIn(GraphNode dense) {
    return Math.toIntExact(LoweredWeights.of(dense.input(1)).shape().get(0));
  }
}
