package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * oneDNN's products of unsigned 8-bit activations and signed 8-bit weights. Ranges are constants:
 * oneDNN builds a kernel, and corrects the bias for the lowest value, for each new range.
 */
final class Int8Ops {

  /** The lowest value is 0, the highest 255. */
  private static final String FROM_THE_LOWEST = "MIN_FIRST";

  private final Emitter emit;

  Int8Ops(Emitter emit) {
    this.emit = emit;
  }

  /** Activations as 8-bit numbers between two constants. */
  record Quantised(NodeOutput values, NodeOutput low, NodeOutput high) {}

  /** An 8-bit kernel with its constants. */
  record Kernel(NodeOutput whole, NodeOutput bias, NodeOutput low, NodeOutput high) {}

  /** {@code whole} has signed bytes, {@code peaks} what the largest of a channel stands for. */
  Kernel kernel(Weight whole, Weight bias, Weight peaks) {
    GraphNode bits = emit.node("Bitcast", emit.weight(whole, DataType.DT_UINT8));
    bits.setType("type", DataType.DT_QINT8);
    return new Kernel(
        bits.output(),
        emit.weight(bias, DataType.DT_FLOAT),
        emit.weight(peaks.scaled(-1), DataType.DT_FLOAT),
        emit.weight(peaks, DataType.DT_FLOAT));
  }

  /** Rounds {@code x}, in the compute type, for {@code reader}. NaN becomes 0. */
  Quantised quantise(NodeOutput x, GraphNode reader) {
    NodeOutput exact = emit.cast(x, emit.type(), DataType.DT_FLOAT);
    NodeOutput scaled =
        reader.inputs().size() <= Ops.FACTORS
            ? exact
            : emit.op(
                "Mul",
                exact,
                emit.weight(LoweredWeights.of(reader.input(Ops.FACTORS)), DataType.DT_FLOAT));
    NodeOutput low = number(reader, Ops.LOW);
    NodeOutput high = number(reader, Ops.HIGH);
    GraphNode node = emit.node("QuantizeV2", scaled, low, high);
    node.setType("T", DataType.DT_QUINT8);
    node.attributes().put("mode", Emitter.string(FROM_THE_LOWEST));
    node.attributes().put("round_mode", Emitter.string("HALF_AWAY_FROM_ZERO"));
    return new Quantised(node.output(), low, high);
  }

  /** The product plus bias in {@code format}, then the activation, or plus the residual. */
  NodeOutput product(
      Quantised x,
      Kernel kernel,
      String activation,
      @Nullable NodeOutput residual,
      DataType format) {
    List<String> steps = new ArrayList<>(List.of("BiasAdd"));
    if (!activation.isEmpty()) {
      steps.add(activation);
    }
    if (residual != null) {
      steps.add("Add");
    }
    steps.add("Dequantize");
    return node(x, kernel, residual, List.of(), steps, List.of(format)).output();
  }

  /** The product plus bias, then the activation, rounded for {@code reader}. */
  Quantised product(Quantised x, Kernel kernel, String activation, GraphNode reader) {
    NodeOutput low = number(reader, Ops.LOW);
    NodeOutput high = number(reader, Ops.HIGH);
    GraphNode node =
        node(
            x,
            kernel,
            null,
            List.of(low, high),
            List.of("BiasAdd", activation, "Requantize"),
            List.of(DataType.DT_QUINT8, DataType.DT_FLOAT, DataType.DT_FLOAT));
    return new Quantised(node.output(), low, high);
  }

  private GraphNode node(
      Quantised x,
      Kernel kernel,
      @Nullable NodeOutput residual,
      List<NodeOutput> range,
      List<String> steps,
      List<DataType> outputs) {
    List<DataType> inputs =
        new ArrayList<>(List.of(DataType.DT_QUINT8, DataType.DT_QINT8, DataType.DT_FLOAT));
    GraphNode node = emit.node("_QuantizedMatMul", x.values(), kernel.whole(), kernel.bias());
    if (residual != null) {
      node.inputs().add(residual);
      inputs.add(emit.type());
    }
    node.inputs().addAll(List.of(x.low(), x.high(), kernel.low(), kernel.high()));
    node.inputs().addAll(range);
    inputs.addAll(Collections.nCopies(4 + range.size(), DataType.DT_FLOAT));
    node.setType("T1", DataType.DT_QUINT8);
    node.setType("T2", DataType.DT_QINT8);
    node.setType("Tbias", DataType.DT_FLOAT);
    node.setType("U", emit.type());
    node.setType("Tout", outputs.get(0));
    node.attributes().put("is_weight_const", Match.flag(true));
    node.attributes().put("is_bias_const", Match.flag(true));
    node.attributes().put("fused_ops", Emitter.strings(steps));
    node.attributes().put("input_quant_mode", Emitter.string(FROM_THE_LOWEST));
    node.attributes().put("output_quant_mode", Emitter.string(FROM_THE_LOWEST));
    // A CPU has no device memory of its own.
    node.attributes().put("Tdevice_inputs", Emitter.types(List.of()));
    node.attributes().put("Thost_inputs", Emitter.types(inputs));
    node.attributes().put("Tdevice_outputs", Emitter.types(List.of()));
    node.attributes().put("Thost_outputs", Emitter.types(outputs));
    return node;
  }

  private NodeOutput number(GraphNode reader, String attribute) {
    return emit.number(reader.attribute(attribute).getF(), DataType.DT_FLOAT);
  }
}
