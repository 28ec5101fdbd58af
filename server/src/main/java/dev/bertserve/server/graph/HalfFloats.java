package dev.bertserve.server.graph;

import org.tensorflow.proto.DataType;

/** Conversions between float32 and the bits of the 16-bit floats, bfloat16 and float16. */
public final class HalfFloats {

  /** From here on, values round to infinity: half a step above the largest float16. */
  private static final float FLOAT16_OVERFLOW = 65_520;

  private static final float FLOAT16_MIN_NORMAL = 0x1p-14f;
  private static final float FLOAT16_STEP = 0x1p-24f;

  private HalfFloats() {}

  /** The value of {@code bits} of a 16-bit float {@code format}. */
  static float float32(int bits, DataType format) {
    if (format == DataType.DT_BFLOAT16) {
      return Float.intBitsToFloat(bits << 16);
    }
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * FLOAT16_STEP;
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Float.intBitsToFloat((exponent - 15 + 127) << 23 | fraction << 13);
        };
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  /** The bits of {@code value} as bfloat16; {@code value} must not be NaN. */
  public static int bfloat16Bits(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }

  /** The bits of {@code value} as float16, infinity if too large; it must not be NaN. */
  public static int float16Bits(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    if (magnitude >= FLOAT16_OVERFLOW) {
      return sign | 0x7c00;
    }
    if (magnitude < FLOAT16_MIN_NORMAL) {
      return sign | (int) Math.rint(magnitude / FLOAT16_STEP);
    }
    int rebiased = (bits & 0x7fffffff) - ((127 - 15) << 23);
    return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13);
  }
}
