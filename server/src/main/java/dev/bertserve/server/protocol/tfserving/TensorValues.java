package dev.bertserve.server.protocol.tfserving;

import com.google.protobuf.ByteString;
import dev.bertserve.server.serving.ValueType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntFunction;
import org.tensorflow.proto.TensorProto;

/**
 * The values of a tensor: in the list of its type, where the last one may stand for all that
 * follow, or as bytes.
 */
final class TensorValues {

  private final int count;
  private final boolean packed;
  private final ValueType type;
  private final IntFunction<String> text;

  private TensorValues(int count, boolean packed, ValueType type, IntFunction<String> text) {
    this.count = count;
    this.packed = packed;
    this.type = type;
    this.text = text;
  }

  /** The values of {@code tensor}, which are of {@code type}. */
  static TensorValues of(TensorProto tensor, ValueType type) {
    return tensor.getTensorContent().isEmpty() ? listed(tensor, type) : packed(tensor, type);
  }

  private static TensorValues listed(TensorProto tensor, ValueType type) {
    return switch (type) {
      case FLOAT, HALF, BFLOAT16 ->
          listed(tensor.getFloatValCount(), type, i -> Float.toString(tensor.getFloatVal(i)));
      case DOUBLE ->
          listed(tensor.getDoubleValCount(), type, i -> Double.toString(tensor.getDoubleVal(i)));
      case INT8, INT16, INT32, UINT8, UINT16 ->
          listed(tensor.getIntValCount(), type, i -> Integer.toString(tensor.getIntVal(i)));
      case INT64 ->
          listed(tensor.getInt64ValCount(), type, i -> Long.toString(tensor.getInt64Val(i)));
      case UINT32 ->
          listed(
              tensor.getUint32ValCount(),
              type,
              i -> Integer.toUnsignedString(tensor.getUint32Val(i)));
      case UINT64 ->
          listed(
              tensor.getUint64ValCount(), type, i -> Long.toUnsignedString(tensor.getUint64Val(i)));
      case BOOL ->
          listed(tensor.getBoolValCount(), type, i -> Boolean.toString(tensor.getBoolVal(i)));
      case STRING -> listed(tensor.getStringValCount(), type, i -> text(tensor.getStringVal(i)));
    };
  }

  private static TensorValues listed(int count, ValueType type, IntFunction<String> text) {
    return new TensorValues(count, false, type, text);
  }

  private static TensorValues packed(TensorProto tensor, ValueType type) {
    ByteBuffer bytes =
        tensor.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return switch (type) {
      case FLOAT, HALF, BFLOAT16 ->
          packed(bytes, Float.BYTES, type, at -> Float.toString(bytes.getFloat(at)));
      case DOUBLE -> packed(bytes, Double.BYTES, type, at -> Double.toString(bytes.getDouble(at)));
      case INT8 -> packed(bytes, 1, type, at -> Byte.toString(bytes.get(at)));
      case UINT8 -> packed(bytes, 1, type, at -> Integer.toString(bytes.get(at) & 0xFF));
      case BOOL -> packed(bytes, 1, type, at -> Boolean.toString(bytes.get(at) != 0));
      case INT16 -> packed(bytes, Short.BYTES, type, at -> Short.toString(bytes.getShort(at)));
      case UINT16 ->
          packed(bytes, Short.BYTES, type, at -> Integer.toString(bytes.getShort(at) & 0xFFFF));
      case INT32 -> packed(bytes, Integer.BYTES, type, at -> Integer.toString(bytes.getInt(at)));
      case UINT32 ->
          packed(bytes, Integer.BYTES, type, at -> Integer.toUnsignedString(bytes.getInt(at)));
      case INT64 -> packed(bytes, Long.BYTES, type, at -> Long.toString(bytes.getLong(at)));
      case UINT64 ->
          packed(bytes, Long.BYTES, type, at -> Long.toUnsignedString(bytes.getLong(at)));
      case STRING ->
          throw TfBody.invalid("tensor_content: strings as bytes (expected: string_val)");
    };
  }

  private static TensorValues packed(
      ByteBuffer bytes, int width, ValueType type, IntFunction<String> textAt) {
    if (bytes.remaining() % width != 0) {
      throw TfBody.invalid(
          "tensor_content: "
              + bytes.remaining()
              + " bytes (expected: a multiple of "
              + width
              + ")");
    }
    return new TensorValues(
        bytes.remaining() / width, true, type, index -> textAt.apply(index * width));
  }

  /** Number of values that are given. */
  int count() {
    return count;
  }

  /** Whether they fill a tensor of {@code size} values; without any, numbers are 0. */
  boolean fill(int size) {
    return count == size || (!packed && count < size && (count > 0 || type != ValueType.STRING));
  }

  /** Value {@code index} of the tensor, as JSON writes it. */
  String text(int index) {
    if (count == 0) {
      return type == ValueType.BOOL ? "false" : "0";
    }
    return text.apply(Math.min(index, count - 1));
  }

  /** Throws INVALID for malformed UTF-8. */
  static String text(ByteString bytes) {
    if (!bytes.isValidUtf8()) {
      throw TfBody.invalid("text: malformed UTF-8 (expected: UTF-8)");
    }
    return bytes.toStringUtf8();
  }
}
