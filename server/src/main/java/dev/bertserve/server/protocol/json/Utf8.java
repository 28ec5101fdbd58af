package dev.bertserve.server.protocol.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
public final class Utf8 {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private Utf8() {}

  /** The text, or null if {@code bytes} are malformed. */
  public static @Nullable String decode(byte[] bytes) {
    return firstMalformed(bytes) < 0 ? new String(bytes, StandardCharsets.UTF_8) : null;
  }

  /** Index of the first malformed byte, or -1. */
  static int firstMalformed(byte[] bytes) {
    int at = 0;
    while (at < bytes.length) {
      at = endOfAscii(bytes, at);
      if (at == bytes.length) {
        return -1;
      }
      int length = sequenceLength(bytes, at);
      if (length == 0) {
        return at;
      }
      at += length;
    }
    return -1;
  }

  private static int endOfAscii(byte[] bytes, int from) {
    int at = from;
    while (at + Long.BYTES <= bytes.length && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
      at += Long.BYTES;
    }
    while (at < bytes.length && bytes[at] >= 0) {
      at++;
    }
    return at;
  }

  /** Length of the sequence of two to four bytes that starts at {@code at}, or 0. */
  private static int sequenceLength(byte[] bytes, int at) {
    int lead = bytes[at] & 0xFF;
    int second = at + 1 < bytes.length ? bytes[at + 1] & 0xFF : 0;
    if (lead >= 0xC2 && lead <= 0xDF) {
      return within(second, 0x80, 0xBF) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
      int low = lead == 0xE0 ? 0xA0 : 0x80;
      int high = lead == 0xED ? 0x9F : 0xBF;
      return within(second, low, high) && continues(bytes, at + 2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
      int low = lead == 0xF0 ? 0x90 : 0x80;
      int high = lead == 0xF4 ? 0x8F : 0xBF;
      return within(second, low, high) && continues(bytes, at + 2) && continues(bytes, at + 3)
          ? 4
          : 0;
    }
    return 0;
  }

  private static boolean within(int value, int low, int high) {
    return value >= low && value <= high;
  }

  private static boolean continues(byte[] bytes, int at) {
    return at < bytes.length && within(bytes[at] & 0xFF, 0x80, 0xBF);
  }
}
