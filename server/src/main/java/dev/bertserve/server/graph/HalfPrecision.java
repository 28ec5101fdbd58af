package dev.bertserve.server.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;

/**
 * Removes 16-bit floats from a graph: models that were trained in mixed precision keep float32
 * weights and cast them, and all values, in every run. What remains is the float32 model of the
 * same weights, which is as precise or more, and which is lowered for any precision.
 */
public final class HalfPrecision {

  /** Head widths of which the scale, one over the root, may be a constant. */
  private static final int WIDEST_HEAD = 512;

  private HalfPrecision() {}

  /** Changes every 16-bit float in {@code graph} to float32. */
  public static void remove(FlatGraph graph) {
    Map<GraphNode, NodeOutput> replacements = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      Weight weight = node.weight();
      if (weight != null && is16Bit(weight.type())) {
        replacements.put(node, new GraphNode(node.name(), weight.asFloat32()).output());
      } else {
        node.attributes().replaceAll((name, value) -> widened(value));
        CalledFunctions.replace(node, HalfPrecision::widened);
      }
    }
    graph.replaceReads(tensor -> replacements.getOrDefault(tensor.node(), tensor));
    removeCasts(graph);
  }

  private static void removeCasts(FlatGraph graph) {
    Map<GraphNode, NodeOutput> sources = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      if (isFromFloatToFloat(node)) {
        NodeOutput input = node.input(0);
        sources.put(node, sources.getOrDefault(input.node(), input));
      }
    }
    // An output remains a tensor of its own.
    Map<String, NodeOutput> outputs = Map.copyOf(graph.outputs());
    graph.replaceReads(tensor -> sources.getOrDefault(tensor.node(), tensor));
    outputs.forEach(
        (name, tensor) -> {
          if (sources.containsKey(tensor.node())) {
            tensor.node().inputs().replaceAll(x -> sources.getOrDefault(x.node(), x));
            graph.outputs().put(name, tensor);
          }
        });
  }

  private static boolean isFromFloatToFloat(GraphNode node) {
    return node.is("Cast")
        && node.attribute("SrcT").getType() == DataType.DT_FLOAT
        && node.attribute("DstT").getType() == DataType.DT_FLOAT;
  }

  private static AttrValue widened(AttrValue value) {
    if (is16Bit(value.getType())) {
      return AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
    }
    if (value.getList().getTypeList().stream().anyMatch(HalfPrecision::is16Bit)) {
      AttrValue.Builder wide = value.toBuilder();
      wide.getListBuilder().clearType();
      value.getList().getTypeList().forEach(type -> wide.getListBuilder().addType(widened(type)));
      return wide.build();
    }
    return value.hasTensor() && is16Bit(value.getTensor().getDtype())
        ? AttrValue.newBuilder().setTensor(widened(value.getTensor())).build()
        : value;
  }

  private static DataType widened(DataType type) {
    return is16Bit(type) ? DataType.DT_FLOAT : type;
  }

  private static FunctionDef widened(FunctionDef function) {
    FunctionDef.Builder wide = function.toBuilder();
    OpDef.Builder signature = wide.getSignatureBuilder();
    Stream.of(signature.getInputArgBuilderList(), signature.getOutputArgBuilderList())
        .flatMap(List::stream)
        .forEach(argument -> argument.setType(widened(argument.getType())));
    for (NodeDef.Builder node : wide.getNodeDefBuilderList()) {
      Map.copyOf(node.getAttrMap()).forEach((name, value) -> node.putAttr(name, widened(value)));
    }
    return wide.build();
  }

  private static TensorProto widened(TensorProto tensor) {
    TensorProto.Builder floats =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_FLOAT)
            .setTensorShape(tensor.getTensorShape());
    ByteBuffer content =
        tensor.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    while (content.hasRemaining()) {
      floats.addFloatVal(value(content.getShort() & 0xffff, tensor.getDtype()));
    }
    tensor.getHalfValList().forEach(bits -> floats.addFloatVal(value(bits, tensor.getDtype())));
    return floats.build();
  }

  /**
   * The float32 value that 16 bits stand for. Numbers of BERT's formulas are exact again, since the
   * float32 model has them.
   */
  private static float value(int bits, DataType type) {
    for (double exact : new double[] {0.044715, Math.sqrt(2 / Math.PI), Math.sqrt(0.5)}) {
      if (rounded((float) exact, type) == bits) {
        return (float) exact;
      }
      if (rounded((float) (1 / exact), type) == bits) {
        return (float) (1 / exact);
      }
    }
    for (int width = 4; width <= WIDEST_HEAD; width += 4) {
      float root = (float) Math.sqrt(width);
      if (rounded(1 / root, type) == bits) {
        return 1 / root;
      }
      if (rounded(root, type) == bits) {
        return root;
      }
    }
    return HalfFloats.float32(bits, type);
  }

  private static int rounded(float value, DataType type) {
    return type == DataType.DT_HALF
        ? HalfFloats.float16Bits(value)
        : HalfFloats.bfloat16Bits(value);
  }

  static boolean is16Bit(DataType type) {
    return type == DataType.DT_HALF || type == DataType.DT_BFLOAT16;
  }
}
