package dev.bertserve.server.graph;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.LongStream;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Evaluates constants, and integer arithmetic on constants, without running the graph. */
public final class Constants {

  private Constants() {}

  /** The elements of a constant integer tensor, in order. */
  public static long[] integers(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case "Const" -> integers(node);
      case "Cast", "Reshape", "ExpandDims", "Squeeze" -> integers(node.input(0));
      case "Pack" -> joined(node.inputs());
      case "ConcatV2" -> joined(node.inputs().subList(0, node.inputs().size() - 1));
      case "Sub" -> new long[] {integer(node.input(0)) - integer(node.input(1))};
      case "Add", "AddV2" -> new long[] {integer(node.input(0)) + integer(node.input(1))};
      case "Mul" -> new long[] {integer(node.input(0)) * integer(node.input(1))};
      case "FloorDiv" -> new long[] {Math.floorDiv(integer(node.input(0)), integer(node.input(1)))};
      default ->
          throw new UnsupportedModelException(
              "node " + node.name() + ": " + node.op() + " (expected: a constant whole number)");
    };
  }

  private static long[] joined(List<NodeOutput> tensors) {
    return tensors.stream().flatMapToLong(tensor -> LongStream.of(integers(tensor))).toArray();
  }

  /** Whether {@code tensor} is a constant of integers that are all {@code value}. */
  public static boolean areAll(NodeOutput tensor, long value) {
    return tensor.node().is("Const")
        && LongStream.of(integers(tensor)).allMatch(element -> element == value);
  }

  /** The value of a constant integer tensor of one element. */
  public static long integer(NodeOutput tensor) {
    long[] values = integers(tensor);
    if (values.length != 1) {
      throw new UnsupportedModelException(
          "node " + tensor.node().name() + ": " + values.length + " values (expected: one)");
    }
    return values[0];
  }

  /** The value of a constant string tensor of one element. */
  public static String string(NodeOutput tensor) {
    List<ByteString> values = strings(tensor);
    if (values.size() != 1) {
      throw new UnsupportedModelException(
          "node " + tensor.node().name() + ": " + values.size() + " texts (expected: one)");
    }
    return values.get(0).toStringUtf8();
  }

  /** The elements of a constant uint8 tensor. */
  public static ByteString bytes(NodeOutput tensor) {
    GraphNode node = tensor.node();
    if (!node.is("Const") || value(node).getDtype() != DataType.DT_UINT8) {
      throw new UnsupportedModelException(
          "node " + node.name() + ": " + node.op() + " (expected: constant bytes)");
    }
    return value(node).getTensorContent();
  }

  /** The elements of a constant string tensor. */
  public static List<ByteString> strings(NodeOutput tensor) {
    GraphNode node = tensor.node();
    if (!node.is("Const") || value(node).getDtype() != DataType.DT_STRING) {
      throw new UnsupportedModelException(
          "node " + node.name() + ": " + node.op() + " (expected: a constant text)");
    }
    return value(node).getStringValList();
  }

  /** A scalar constant of type int32. */
  public static GraphNode ofInt(String name, int value) {
    GraphNode node = new GraphNode(name, "Const");
    node.setType("dtype", DataType.DT_INT32);
    node.attributes()
        .put(
            "value",
            org.tensorflow.proto.AttrValue.newBuilder()
                .setTensor(
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_INT32)
                        .setTensorShape(TensorShapeProto.getDefaultInstance())
                        .addIntVal(value))
                .build());
    return node;
  }

  /** A constant of one dimension of type int32. */
  public static GraphNode ofInts(String name, int... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT32);
    for (int value : values) {
      tensor.addIntVal(value);
    }
    return ofOneDimension(name, tensor, values.length);
  }

  /** A constant of one dimension with the {@code size} values of {@code tensor}. */
  public static GraphNode ofOneDimension(String name, TensorProto.Builder tensor, int size) {
    GraphNode node = new GraphNode(name, "Const");
    node.setType("dtype", tensor.getDtype());
    tensor.setTensorShape(
        TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dim.newBuilder().setSize(size)));
    node.attributes()
        .put("value", org.tensorflow.proto.AttrValue.newBuilder().setTensor(tensor).build());
    return node;
  }

  private static long[] integers(GraphNode node) {
    TensorProto value = value(node);
    int count = 1;
    for (TensorShapeProto.Dim dimension : value.getTensorShape().getDimList()) {
      count = Math.toIntExact(count * dimension.getSize());
    }
    ByteBuffer content =
        value.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (value.getDtype()) {
            case DT_INT32 ->
                content.hasRemaining()
                    ? content.getInt()
                    : repeated(value.getIntValCount(), i, value::getIntVal);
            case DT_INT64 ->
                content.hasRemaining()
                    ? content.getLong()
                    : repeated(value.getInt64ValCount(), i, value::getInt64Val);
            case DT_BOOL ->
                content.hasRemaining()
                    ? content.get()
                    : repeated(value.getBoolValCount(), i, k -> value.getBoolVal(k) ? 1 : 0);
            default ->
                throw new UnsupportedModelException(
                    "node "
                        + node.name()
                        + ": "
                        + value.getDtype()
                        + " (expected: DT_INT32, DT_INT64 or DT_BOOL)");
          };
    }
    return values;
  }

  /** Element {@code index} of a list whose last element repeats; 0 if the list is empty. */
  private static long repeated(int count, int index, IntToLongFunction list) {
    return count == 0 ? 0 : list.applyAsLong(Math.min(index, count - 1));
  }

  private static TensorProto value(GraphNode node) {
    return node.attribute("value").getTensor();
  }
}
