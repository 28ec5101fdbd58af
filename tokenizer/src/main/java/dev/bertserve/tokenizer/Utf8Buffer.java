package dev.bertserve.tokenizer;

import java.util.Arrays;

/** Text in UTF-8 that grows. One thread. */
final class Utf8Buffer {

  private static final int LONGEST = 4;
  private static final int USUAL = 1024;
  private static final int KEPT = 1 << 16;

  private byte[] bytes = new byte[USUAL];
  private int length;

  /** Empties the buffer, and lets go of memory that an unusually long text took. */
  void clear() {
    length = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[USUAL];
    }
  }

  boolean isEmpty() {
    return length == 0;
  }

  /** The bytes, of which those up to {@link #length} count; the buffer's own until it grows. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Drops the bytes from {@code newLength} on. */
  void truncate(int newLength) {
    length = newLength;
  }

  /** Drops the first {@code count} bytes. */
  void dropFirst(int count) {
    length -= count;
    System.arraycopy(bytes, count, bytes, 0, length);
  }

  void appendAscii(int codePoint) {
    ensureRoom(1);
    bytes[length++] = (byte) codePoint;
  }

  /** Appends a code point; an unpaired surrogate as three bytes, like any other of its size. */
  void append(int codePoint) {
    if (codePoint < 0x80) {
      appendAscii(codePoint);
      return;
    }
    ensureRoom(LONGEST);
    if (codePoint < 0x800) {
      bytes[length++] = (byte) (0xC0 | codePoint >> 6);
    } else {
      if (codePoint < 0x10000) {
        bytes[length++] = (byte) (0xE0 | codePoint >> 12);
      } else {
        bytes[length++] = (byte) (0xF0 | codePoint >> 18);
        bytes[length++] = trail(codePoint >> 12);
      }
      bytes[length++] = trail(codePoint >> 6);
    }
    bytes[length++] = trail(codePoint);
  }

  /** Appends {@code count} bytes of {@code source}. */
  void append(byte[] source, int start, int count) {
    ensureRoom(count);
    System.arraycopy(source, start, bytes, length, count);
    length += count;
  }

  private static byte trail(int bits) {
    return (byte) (0x80 | (bits & 0x3F));
  }

  private void ensureRoom(int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
    }
  }
}
