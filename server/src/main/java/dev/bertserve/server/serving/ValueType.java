package dev.bertserve.server.serving;

import org.jspecify.annotations.Nullable;

/** Type of the values of an input or output, as TensorFlow names it. */
public enum ValueType {
  FLOAT,
  DOUBLE,
  HALF,
  BFLOAT16,
  INT8,
  INT16,
  INT32,
  INT64,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
  BOOL,
  STRING;

  /** The type that TensorFlow calls {@code label}; null if there is none. */
  public static @Nullable ValueType of(String label) {
    for (ValueType type : values()) {
      if (type.label().equals(label)) {
        return type;
      }
    }
    return null;
  }

  /** The name in a SavedModel's signature, such as {@code DT_FLOAT}. */
  public String label() {
    return "DT_" + name();
  }

  /** Whether the values are integers. */
  public boolean isWhole() {
    return switch (this) {
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 -> true;
      case FLOAT, DOUBLE, HALF, BFLOAT16, BOOL, STRING -> false;
    };
  }

  /** Whether the values are floating-point numbers. */
  public boolean isReal() {
    return switch (this) {
      case FLOAT, DOUBLE, HALF, BFLOAT16 -> true;
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL, STRING -> false;
    };
  }

  /** Whether an integer of 64 bits is one of this type. */
  public boolean holds(long value) {
    return switch (this) {
      case INT8 -> value == (byte) value;
      case INT16 -> value == (short) value;
      case INT32 -> value == (int) value;
      case UINT8 -> value >>> Byte.SIZE == 0;
      case UINT16 -> value >>> Short.SIZE == 0;
      case UINT32 -> value >>> Integer.SIZE == 0;
      default -> true;
    };
  }

  /** Bytes of a value in a {@link Column}; without the characters of a text. */
  int bytes() {
    return switch (this) {
      case FLOAT, HALF, BFLOAT16 -> Float.BYTES;
      default -> Long.BYTES;
    };
  }
}
