package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.NodeOutput;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** The steps of a layer in one target's ops, on [tokens, width] in the compute type. */
sealed interface LayerOps permits FusedOps, PlainOps {

  /** x times kernel, plus bias, then the activation, if any, or plus the residual, if any. */
  NodeOutput dense(
      NodeOutput x,
      NodeOutput kernel,
      NodeOutput bias,
      String activation,
      @Nullable NodeOutput residual);

  /** {@code gamma} and {@code beta} are in the format of {@link #statistics}. */
  NodeOutput layerNorm(NodeOutput x, NodeOutput gamma, NodeOutput beta, float epsilon);

  /** GELU by itself, where no product is in front of it. */
  NodeOutput gelu(NodeOutput x, boolean approximate);

  /** The number format in which layer norms and softmax are written. */
  DataType statistics();
}
