package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** Fused oneDNN ops. Their kernels compute sums in float32, whatever the type of their input. */
final class FusedOps implements LayerOps {

  private final Emitter emit;
  private final PlainOps plain;

  FusedOps(Emitter emit) {
    this.emit = emit;
    plain = new PlainOps(emit);
  }

  @Override
  public NodeOutput dense(
      NodeOutput x,
      NodeOutput kernel,
      NodeOutput bias,
      String activation,
      @Nullable NodeOutput residual) {
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

  @Override
  public NodeOutput layerNorm(NodeOutput x, NodeOutput gamma, NodeOutput beta, float epsilon) {
    GraphNode node = emit.node("_MklLayerNorm", x, gamma, beta);
    node.attributes().put(Ops.EPSILON, Match.number(epsilon));
    return node.output();
  }

  @Override
  public NodeOutput gelu(NodeOutput x, boolean approximate) {
    return plain.gelu(x, approximate);
  }

  @Override
  public DataType statisticsType() {
    return emit.type();
  }
}
