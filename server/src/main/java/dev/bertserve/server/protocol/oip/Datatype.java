package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.serving.ValueType;

/** Types as the protocol names them. */
final class Datatype {

  static final String BYTES = "BYTES";

  private Datatype() {}

  /** The name of {@code type}; numbers of 16 bits come as FP32, which holds them exactly. */
  static String of(ValueType type) {
    return switch (type) {
      case FLOAT, HALF, BFLOAT16 -> "FP32";
      case DOUBLE -> "FP64";
      case STRING -> BYTES;
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> type.name();
    };
  }

  /** The name of {@code type} in Triton's configuration of a model. */
  static String inConfig(ValueType type) {
    return "TYPE_" + (type == ValueType.STRING ? "STRING" : of(type));
  }

  /** Bytes of a number behind the JSON; 0 for texts, which have different lengths. */
  static int width(ValueType type) {
    return switch (type) {
      case INT8, UINT8, BOOL -> 1;
      case INT16, UINT16 -> Short.BYTES;
      case FLOAT, HALF, BFLOAT16, INT32, UINT32 -> Integer.BYTES;
      case DOUBLE, INT64, UINT64 -> Long.BYTES;
      case STRING -> 0;
    };
  }
}
