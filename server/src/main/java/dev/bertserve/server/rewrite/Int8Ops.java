package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Calibration;
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
  record Kernel(NodeOutput whole, NodeOutput bias, NodeOutput low, NodeOutput high) {

    static Kernel of(QuantisedKernel kernel, Emitter emit) {
      GraphNode whole = emit.node("Bitcast", emit.weight(kernel.whole(), DataType.DT_UINT8));
      whole.setType("type", DataType.DT_QINT8);
      return new Kernel(
          whole.output(),
          emit.weight(kernel.correctedBias(), DataType.DT_FLOAT),
          emit.weight(kernel.peaks(-1), DataType.DT_FLOAT),
          emit.weight(kernel.peaks(1), DataType.DT_FLOAT));
    }
  }

  /** Rounds {@code x}, in the compute type. A value that is not a number becomes 0. */
  Quantised quantise(NodeOutput x, Calibration.Place place) {
    NodeOutput exact = emit.cast(x, emit.type(), DataType.DT_FLOAT);
    NodeOutput divided =
        place.divisors().isEmpty()
            ? exact
            : emit.op("Mul", exact, emit.weight(reciprocals(place.divisors()), DataType.DT_FLOAT));
    NodeOutput low = number(place.low());
    NodeOutput high = number(place.high());
    GraphNode node = emit.node("QuantizeV2", divided, low, high);
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

  /** The product plus bias, then the activation, rounded as {@code place} says. */
  Quantised product(Quantised x, Kernel kernel, String activation, Calibration.Place place) {
    NodeOutput low = number(place.low());
    NodeOutput high = number(place.high());
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

  private NodeOutput number(float value) {
    return emit.number(value, DataType.DT_FLOAT);
  }

  private static Weight reciprocals(List<Float> divisors) {
    return Weight.computed(
        List.of((long) divisors.size()),
        () -> {
          float[] reciprocals = new float[divisors.size()];
          for (int i = 0; i < reciprocals.length; i++) {
            reciprocals[i] = 1 / divisors.get(i);
          }
          return reciprocals;
        });
  }
}
