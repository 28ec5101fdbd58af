package dev.bertserve.server.rewrite;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.HalfFloats;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Creates nodes of TensorFlow's own ops, each with a unique name. */
final class Emitter {

  private final DataType type;
  private final Map<String, Integer> names;

  /** {@code type} is the compute type: the number type of token tensors. */
  Emitter(DataType type) {
    this(type, new HashMap<>());
  }

  private Emitter(DataType type, Map<String, Integer> names) {
    this.type = type;
    this.names = names;
  }

  /** Creates nodes of the same graph with another compute type. */
  Emitter in(DataType other) {
    return new Emitter(other, names);
  }

  DataType type() {
    return type;
  }

  /** A node without attributes; TensorFlow infers the missing ones from its inputs. */
  GraphNode node(String op, NodeOutput... inputs) {
    int count = names.merge(op, 1, Integer::sum);
    GraphNode node = new GraphNode("lowered/" + op.replaceAll("^_", "") + "_" + count, op);
    node.inputs().addAll(List.of(inputs));
    return node;
  }

  NodeOutput op(String op, NodeOutput... inputs) {
    return node(op, inputs).output();
  }

  /** The rows of {@code table} at {@code indices}, which have any shape. */
  NodeOutput gather(NodeOutput table, NodeOutput indices) {
    return op("GatherV2", table, indices, integer(0));
  }

  /** Int32 scalars stacked to a vector. */
  NodeOutput pack(NodeOutput... scalars) {
    GraphNode pack = node("Pack", scalars);
    pack.attributes().put("N", Match.number(scalars.length));
    pack.setType("T", DataType.DT_INT32);
    return pack.output();
  }

  NodeOutput cast(NodeOutput tensor, DataType from, DataType to) {
    if (from == to) {
      return tensor;
    }
    GraphNode cast = node("Cast", tensor);
    cast.setType("SrcT", from);
    cast.setType("DstT", to);
    return cast.output();
  }

  /** A float32 weight, converted to {@code format}. */
  NodeOutput weight(Weight weight, DataType format) {
    Weight typed =
        switch (format) {
          case DT_BFLOAT16 -> weight.asBfloat16();
          case DT_HALF -> weight.asFloat16();
          default -> weight;
        };
    int count = names.merge("weight", 1, Integer::sum);
    return new GraphNode("lowered/weight_" + count, typed).output();
  }

  NodeOutput integers(int... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT32);
    tensor.setTensorShape(
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(values.length)));
    for (int value : values) {
      tensor.addIntVal(value);
    }
    return constant(tensor);
  }

  NodeOutput integer(int value) {
    return constant(
        TensorProto.newBuilder()
            .setDtype(DataType.DT_INT32)
            .setTensorShape(TensorShapeProto.getDefaultInstance())
            .addIntVal(value));
  }

  /** A scalar constant of the compute type. */
  NodeOutput number(float value) {
    return number(value, type);
  }

  /** A scalar constant of type {@code format}. */
  NodeOutput number(float value, DataType format) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(format)
            .setTensorShape(TensorShapeProto.getDefaultInstance());
    switch (format) {
      case DT_BFLOAT16 -> tensor.addHalfVal(HalfFloats.bfloat16Bits(value));
      case DT_HALF -> tensor.addHalfVal(HalfFloats.float16Bits(value));
      default -> tensor.addFloatVal(value);
    }
    return constant(tensor);
  }

  static AttrValue string(String value) {
    return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build();
  }

  static AttrValue strings(List<String> values) {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    values.forEach(value -> list.addS(ByteString.copyFromUtf8(value)));
    return AttrValue.newBuilder().setList(list).build();
  }

  static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  static AttrValue types(List<DataType> types) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllType(types))
        .build();
  }

  private NodeOutput constant(TensorProto.Builder tensor) {
    GraphNode node = node("Const");
    node.setType("dtype", tensor.getDtype());
    node.attributes().put("value", AttrValue.newBuilder().setTensor(tensor).build());
    return node.output();
  }
}
