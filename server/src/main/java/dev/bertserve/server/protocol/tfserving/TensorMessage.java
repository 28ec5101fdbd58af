package dev.bertserve.server.protocol.tfserving;

import com.google.protobuf.ByteString;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.List;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Makes tensors of a model's outputs, with values in the list of their type. */
final class TensorMessage {

  private TensorMessage() {}

  /** The type of a tensor; floats of 16 bits come as DT_FLOAT, which holds them exactly. */
  static DataType dataType(ValueType type) {
    return switch (type) {
      case HALF, BFLOAT16 -> DataType.DT_FLOAT;
      default -> DataType.valueOf(type.label());
    };
  }

  /** The shape of {@code rows} rows; -1 if their number is open. */
  static TensorShapeProto shape(int rows, List<Integer> rowShape) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setSize(rows);
    rowShape.forEach(size -> shape.addDimBuilder().setSize(size));
    return shape.build();
  }

  static TensorProto of(OutputSpec spec, Column values, int rows) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(dataType(spec.type()))
            .setTensorShape(shape(rows, spec.rowShape()));
    if (values instanceof Column.Floats floats) {
      for (float value : floats.values()) {
        tensor.addFloatVal(value);
      }
    } else if (values instanceof Column.Doubles doubles) {
      for (double value : doubles.values()) {
        tensor.addDoubleVal(value);
      }
    } else if (values instanceof Column.Longs longs) {
      for (long value : longs.values()) {
        add(tensor, value, spec.type());
      }
    } else {
      for (String value : ((Column.Texts) values).values()) {
        tensor.addStringVal(ByteString.copyFromUtf8(value));
      }
    }
    return tensor.build();
  }

  private static void add(TensorProto.Builder tensor, long value, ValueType type) {
    switch (type) {
      case BOOL -> tensor.addBoolVal(value != 0);
      case INT8, INT16, INT32, UINT8, UINT16 -> tensor.addIntVal((int) value);
      case UINT32 -> tensor.addUint32Val((int) value);
      case UINT64 -> tensor.addUint64Val(value);
      default -> tensor.addInt64Val(value);
    }
  }
}
