package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.NodeOutput;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** The steps of a layer in the ops of one target, on [tokens, width] in the compute type. */
sealed interface LayerOps permits FusedOps, PlainOps {

  /** {@code x * kernel + bias}, then the activation (empty for none), or plus the residual. */
  NodeOutput dense(
      NodeOutput x,
      NodeOutput kernel,
      NodeOutput bias,
      String activation,
      @Nullable NodeOutput residual);

  /** {@code gamma} and {@code beta} have the type {@link #statisticsType}. */
  NodeOutput layerNorm(NodeOutput x, NodeOutput gamma, NodeOutput beta, float epsilon);

  /** GELU that is not fused with a projection. */
  NodeOutput gelu(NodeOutput x, boolean approximate);

  /** The number type of the inputs to layer norm and softmax. */
  DataType statisticsType();
}
