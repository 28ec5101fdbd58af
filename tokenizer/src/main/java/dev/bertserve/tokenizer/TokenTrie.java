package dev.bertserve.tokenizer;

/**
 * Tokens by their UTF-8 bytes, as a double array: one step per byte. Immutable.
 *
 * <p>A cell packs, from the low bits: 24 bits of base, 9 bits of label, 31 bits of id plus one. The
 * child of a cell by a byte is the cell at base plus byte, if its label is that byte plus 256; no
 * two cells share a base, so the label alone proves the parent. Base 0 has no children; cell 0 is
 * the root.
 */
final class TokenTrie {

  /** The cell no byte leads on from, and no byte leads to. */
  static final long NOWHERE = 0;

  private static final int LABEL_SHIFT = 24;
  private static final int ID_SHIFT = 33;
  private static final int BASE_MASK = (1 << LABEL_SHIFT) - 1;
  private static final int LABEL_MASK = 0x1FF;

  private final long[] cells;

  /** Takes ownership of {@code cells}. */
  TokenTrie(long[] cells) {
    this.cells = cells;
  }

  /** A cell; {@code label} is -1 for the root, which no byte leads to. */
  static long cell(int base, int label, int id) {
    long proof = label < 0 ? 0 : label | 0x100;
    return (long) (id + 1) << ID_SHIFT | proof << LABEL_SHIFT | base;
  }

  long root() {
    return cells[0];
  }

  /** The cell after {@code cell} by {@code label}, an unsigned byte; or {@link #NOWHERE}. */
  long child(long cell, int label) {
    long child = cells[((int) cell & BASE_MASK) + label];
    return ((int) (child >>> LABEL_SHIFT) & LABEL_MASK) == (label | 0x100) ? child : NOWHERE;
  }

  /**
   * The longest token that {@code bytes} from {@code start} to {@code end} begin with, in bytes.
   */
  int longestMatch(byte[] bytes, int start, int end) {
    int longest = 0;
    long cell = root();
    for (int at = start; at < end; at++) {
      cell = child(cell, bytes[at] & 0xFF);
      if (cell == NOWHERE) {
        return longest;
      }
      if (id(cell) >= 0) {
        longest = at + 1 - start;
      }
    }
    return longest;
  }

  /** The cell after {@code cell} by all of {@code bytes}. */
  long descendant(long cell, byte[] bytes) {
    long descendant = cell;
    for (byte b : bytes) {
      descendant = child(descendant, b & 0xFF);
    }
    return descendant;
  }

  /** The id of the token that ends here, or -1. */
  static int id(long cell) {
    return (int) (cell >>> ID_SHIFT) - 1;
  }
}
