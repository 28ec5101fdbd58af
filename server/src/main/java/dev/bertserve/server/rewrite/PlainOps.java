package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** One op per step. Sums over a row of values are computed in float32. */
final class PlainOps implements LayerOps {

  private final Emitter emit;

  PlainOps(Emitter emit) {
    this.emit = emit;
  }

  @Override
  public NodeOutput dense(
      NodeOutput x,
      NodeOutput kernel,
      NodeOutput bias,
      String activation,
      @Nullable NodeOutput residual) {
    NodeOutput sum = emit.op("BiasAdd", emit.op("MatMul", x, kernel), bias);
    if (residual != null) {
      return emit.op("AddV2", sum, residual);
    }
    return activation.isEmpty() ? sum : gelu(sum, activation.equals("GeluApproximate"));
  }

  @Override
  public NodeOutput layerNorm(NodeOutput x, NodeOutput gamma, NodeOutput beta, float epsilon) {
    NodeOutput exact = emit.cast(x, emit.type(), statisticsType());
    NodeOutput centred = emit.op("Sub", exact, mean(exact));
    NodeOutput variance = mean(emit.op("Square", centred));
    NodeOutput plusEpsilon = emit.op("AddV2", variance, emit.number(epsilon, statisticsType()));
    NodeOutput normal = emit.op("Mul", centred, emit.op("Rsqrt", plusEpsilon));
    NodeOutput norm = emit.op("AddV2", emit.op("Mul", normal, gamma), beta);
    return emit.cast(norm, statisticsType(), emit.type());
  }

  /** As few ops as possible: reading and writing x takes longer than computing. */
  @Override
  public NodeOutput gelu(NodeOutput x, boolean approximate) {
    if (approximate) {
      // x (1 + tanh z) / 2 is x sigmoid(2 z).
      double factor = 2 * Math.sqrt(2 / Math.PI);
      NodeOutput cubic =
          emit.op("Mul", emit.op("Square", x), emit.number((float) (factor * 0.044715)));
      NodeOutput slope = emit.op("AddV2", cubic, emit.number((float) factor));
      return emit.op("Mul", x, emit.op("Sigmoid", emit.op("Mul", x, slope)));
    }
    NodeOutput erf = emit.op("Erf", emit.op("Mul", x, emit.number((float) Math.sqrt(0.5))));
    return emit.op(
        "Mul", emit.op("Mul", x, emit.number(0.5f)), emit.op("AddV2", erf, emit.number(1)));
  }

  @Override
  public DataType statisticsType() {
    return DataType.DT_FLOAT;
  }

  private NodeOutput mean(NodeOutput x) {
    GraphNode mean = emit.node("Mean", x, emit.integers(-1));
    mean.attributes().put("keep_dims", Match.flag(true));
    return mean.output();
  }
}
