package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** One op for each step; sums over a row of values are taken in float32. */
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
    NodeOutput exact = emit.cast(x, emit.type(), statistics());
    NodeOutput mean = mean(exact);
    NodeOutput variance = mean(emit.op("SquaredDifference", exact, mean));
    NodeOutput plusEpsilon = emit.op("AddV2", variance, emit.number(epsilon, statistics()));
    NodeOutput multiplier = emit.op("Mul", emit.op("Rsqrt", plusEpsilon), gamma);
    NodeOutput norm =
        emit.op(
            "AddV2",
            emit.op("Mul", exact, multiplier),
            emit.op("Sub", beta, emit.op("Mul", mean, multiplier)));
    return emit.cast(norm, statistics(), emit.type());
  }

  @Override
  public NodeOutput gelu(NodeOutput x, boolean approximate) {
    NodeOutput inner;
    if (approximate) {
      NodeOutput cube = emit.op("Mul", emit.op("Mul", x, x), x);
      NodeOutput sum = emit.op("AddV2", x, emit.op("Mul", cube, emit.number(0.044715f)));
      inner = emit.op("Tanh", emit.op("Mul", sum, emit.number((float) Math.sqrt(2 / Math.PI))));
    } else {
      inner = emit.op("Erf", emit.op("Mul", x, emit.number((float) Math.sqrt(0.5))));
    }
    return emit.op(
        "Mul", emit.op("Mul", x, emit.number(0.5f)), emit.op("AddV2", inner, emit.number(1)));
  }

  @Override
  public DataType statistics() {
    return DataType.DT_FLOAT;
  }

  private NodeOutput mean(NodeOutput x) {
    GraphNode mean = emit.node("Mean", x, emit.integers(-1));
    mean.attributes().put("keep_dims", Match.flag(true));
    return mean.output();
  }
}
