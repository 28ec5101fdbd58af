package dev.bertserve.server.tensorflow;

import java.util.Locale;
import org.tensorflow.proto.DataType;

/** The number format of weights and of the arithmetic on token tensors. */
public enum Precision {
  /** The fastest that this machine has units for and that keeps the answers. */
  AUTO,
  FP32,
  BF16,
  FP16;

  /** The type of tensors; AUTO has none. */
  DataType type() {
    return switch (this) {
      case FP32 -> DataType.DT_FLOAT;
      case BF16 -> DataType.DT_BFLOAT16;
      case FP16 -> DataType.DT_HALF;
      case AUTO ->
          throw new IllegalStateException("precision: auto (expected: one that was chosen)");
    };
  }

  /** The name in flags and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
