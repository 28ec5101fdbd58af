package dev.bertserve.server.tensorflow;

import java.util.Locale;
import org.tensorflow.proto.DataType;

/** Number format of the weights and of arithmetic on token tensors. */
public enum Precision {
  /** The fastest precision in hardware whose outputs stay within the tolerance. */
  AUTO,
  FP32,
  BF16,
  FP16,
  /** Products of 8-bit numbers, everything else in the fastest other precision of the CPU. */
  INT8;

  /** Type of the tensors; not for AUTO and INT8. */
  DataType type() {
    return switch (this) {
      case FP32 -> DataType.DT_FLOAT;
      case BF16 -> DataType.DT_BFLOAT16;
      case FP16 -> DataType.DT_HALF;
      case AUTO, INT8 ->
          throw new IllegalStateException("precision: " + label() + " (expected: a float)");
    };
  }

  /** The name in flags and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
