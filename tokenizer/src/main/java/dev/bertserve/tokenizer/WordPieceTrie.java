package dev.bertserve.tokenizer;

/**
 * Tokens by their UTF-8 bytes, as a double array: one step per byte. Immutable.
 *
 * <p>A cell packs, from the low bits: 24 bits of base, 9 bits of label, 31 bits of id plus one. The
 * child of a cell by a byte is the cell at base plus byte, if its label is that byte plus 256; no
 * two cells share a base, so the label alone proves the parent. Base 0 has no children; cell 0 is
 * the root.
 */
final class WordPieceTrie {

  /** The cell no byte leads on from, and no byte leads to. */
  static final long NOWHERE = 0;

  private static final int LABEL_SHIFT = 24;
  private static final int ID_SHIFT = 33;
  private static final int BASE_MASK = (1 << LABEL_SHIFT) - 1;
  private static final int LABEL_MASK = 0x1FF;

  private final long[] cells;

  /** Takes ownership of {@code cells}. */
  WordPieceTrie(long[] cells) {
    this.cells = cells;
  }

  static long cell(int base, int label, int id) {
    return (long) (id + 1) << ID_SHIFT | (long) (label | 0x100) << LABEL_SHIFT | base;
  }

  long root() {
    return cells[0];
  }

  /** The cell after {@code cell} by {@code label}, an unsigned byte; or {@link #NOWHERE}. */
  long child(long cell, int label) {
    long child = cells[((int) cell & BASE_MASK) + label];
    return ((int) (child >>> LABEL_SHIFT) & LABEL_MASK) == (label | 0x100) ? child : NOWHERE;
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
