package dev.bertserve.tokenizer;

import java.util.Arrays;

/**
 * The UTF-8 of one normalised word, its marks in canonical order. One thread.
 *
 * <p>Of a word longer than the limit only the fact is kept. Nearly all marks are stripped before
 * they come here; for the few that are not, the bytes from {@code runStart} on are those that a
 * mark of a lower combining class may still move before.
 */
final class WordBuffer {

  private static final int LONGEST = 4;

  private final CodepointTable table;
  private final int limit;
  private byte[] bytes;
  private int length;
  private int runStart;
  private boolean overlong;

  WordBuffer(CodepointTable table, int limit) {
    this.table = table;
    this.limit = limit;
    this.bytes = new byte[Math.min(limit, 128) + LONGEST];
  }

  void clear() {
    length = 0;
    runStart = 0;
    overlong = false;
  }

  boolean isEmpty() {
    return length == 0;
  }

  boolean isOverlong() {
    return overlong;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Ends the run of marks: a code point of combining class 0 was here and is stripped. */
  void partRun() {
    runStart = length;
  }

  /** Appends a code point of combining class {@code order}. */
  void append(int codePoint, int order) {
    if (overlong) {
      return;
    }
    int before = length;
    encode(codePoint);
    if (length > limit) {
      overlong = true;
      return;
    }
    if (order == 0) {
      runStart = length;
      return;
    }
    moveBack(before, order);
  }

  private void encode(int codePoint) {
    if (length + LONGEST > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    if (codePoint < 0x80) {
      bytes[length++] = (byte) codePoint;
      return;
    }
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

  private static byte trail(int bits) {
    return (byte) (0x80 | (bits & 0x3F));
  }

  /** Moves the mark that starts at {@code start} before the marks of a higher class. */
  private void moveBack(int start, int order) {
    int target = start;
    while (target > runStart) {
      int previous = startOfPrevious(target);
      if (CodepointTable.order(table.entry(decode(previous))) <= order) {
        break;
      }
      target = previous;
    }
    if (target == start) {
      return;
    }
    byte[] mark = Arrays.copyOfRange(bytes, start, length);
    System.arraycopy(bytes, target, bytes, target + mark.length, start - target);
    System.arraycopy(mark, 0, bytes, target, mark.length);
  }

  private int startOfPrevious(int end) {
    int start = end - 1;
    while ((bytes[start] & 0xC0) == 0x80) {
      start--;
    }
    return start;
  }

  /** Marks that are ordered take three or four bytes. */
  private int decode(int start) {
    int threeBytes = (bytes[start] & 0x0F) << 12 | bits(start + 1) << 6 | bits(start + 2);
    boolean four = (bytes[start] & 0xF8) == 0xF0;
    return four ? (threeBytes << 6 | bits(start + 3)) & 0x1FFFFF : threeBytes;
  }

  private int bits(int trail) {
    return bytes[trail] & 0x3F;
  }
}
