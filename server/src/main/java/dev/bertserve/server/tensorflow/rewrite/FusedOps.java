package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ops that do several steps in one, or those steps, on [tokens, width]. */
final class FusedOps {

  private final Emitter emit;
  private final boolean oneDnn;

  /** {@code oneDnn} says whether the CPU's fused ops may be used. */
  FusedOps(Emitter emit, boolean oneDnn) {
    this.emit = emit;
    this.oneDnn = oneDnn;
  }

  /** x times kernel, plus bias, then the activation, if any, or plus the residual, if any. */
  NodeOutput dense(
      NodeOutput x,
      NodeOutput kernel,
      NodeOutput bias,
      String activation,
      @Nullable NodeOutput residual) {
    if (!oneDnn) {
      NodeOutput sum = emit.op("BiasAdd", emit.op("MatMul", x, kernel), bias);
      if (residual != null) {
        return emit.op("AddV2", sum, residual);
      }
      return activation.isEmpty() ? sum : gelu(sum, activation.equals("GeluApproximate"));
    }
    List<String> steps = new ArrayList<>(List.of("BiasAdd"));
    GraphNode node = emit.node("_MklNativeFusedMatMul", x, kernel, bias);
    node.attributes().put("_kernel", Emitter.string("MklNameChangeOp"));
    node.attributes().put("is_filter_const", Match.flag(true));
    if (!activation.isEmpty()) {
      steps.add(activation);
    }
    if (residual != null) {
      steps.add("Add");
      node.inputs().add(residual);
    }
    node.attributes().put("fused_ops", Emitter.strings(steps));
    node.attributes().put("num_args", Match.number(residual == null ? 1 : 2));
    return node.output();
  }

  NodeOutput layerNorm(NodeOutput x, NodeOutput gamma, NodeOutput beta, float epsilon) {
    if (oneDnn) {
      GraphNode node = emit.node("_MklLayerNorm", x, gamma, beta);
      node.attributes().put(Ops.EPSILON, Match.number(epsilon));
      return node.output();
    }
    NodeOutput mean = mean(x);
    NodeOutput variance = mean(emit.op("SquaredDifference", x, mean));
    NodeOutput multiplier =
        emit.op("Mul", emit.op("Rsqrt", emit.op("AddV2", variance, emit.number(epsilon))), gamma);
    return emit.op(
        "AddV2",
        emit.op("Mul", x, multiplier),
        emit.op("Sub", beta, emit.op("Mul", mean, multiplier)));
  }

  /** GELU by itself, where no product is in front of it. */
  NodeOutput gelu(NodeOutput x, boolean approximate) {
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

  private NodeOutput mean(NodeOutput x) {
    GraphNode mean = emit.node("Mean", x, emit.integers(-1));
    mean.attributes().put("keep_dims", Match.flag(true));
    return mean.output();
  }
}
