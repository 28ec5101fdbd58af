package dev.bertserve.server.storage;

/**
 * CRC-32C of parts one after the other. Source: crc32_combine of zlib, with the polynomial of
 * CRC-32C.
 */
final class Checksums {

  /** Reflected: the highest bit is the coefficient of x to the power of 0. */
  private static final int POLYNOMIAL = 0x82f63b78;

  private static final int ONE = 1 << 31;
  private static final int X = 1 << 30;

  private Checksums() {}

  /**
   * The checksum of a part with {@code first} and a part with {@code second} after it, which has
   * {@code secondBytes} bytes.
   */
  static int joined(int first, int second, long secondBytes) {
    return product(power(secondBytes * Byte.SIZE), first) ^ second;
  }

  /** x to the power of {@code exponent}. */
  private static int power(long exponent) {
    int result = ONE;
    int square = X;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result = product(square, result);
      }
      square = product(square, square);
    }
    return result;
  }

  /** Product of two polynomials, modulo that of the checksum. */
  private static int product(int one, int other) {
    int result = 0;
    int shifted = other;
    for (int bit = ONE; bit != 0; bit >>>= 1) {
      if ((one & bit) != 0) {
        result ^= shifted;
      }
      shifted = (shifted & 1) == 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
    }
    return result;
  }
}
