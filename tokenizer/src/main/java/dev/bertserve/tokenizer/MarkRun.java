package dev.bertserve.tokenizer;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Marks that stand side by side, to be put in canonical order: by combining class, and within a
 * class as they came. One thread.
 *
 * <p>Nearly all marks are stripped before they come here, so this is empty nearly always.
 */
final class MarkRun {

  private static final int CODE_POINT_BITS = 21;
  private static final int CODE_POINT_MASK = (1 << CODE_POINT_BITS) - 1;
  private static final int USUAL = 8;
  private static final int KEPT = 1024;
  private static final int ORDER_SHIFT = 53;

  private long[] marks = new long[USUAL];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** Adds a mark of combining class {@code order}. */
  void add(int codePoint, int order) {
    if (size == marks.length) {
      marks = Arrays.copyOf(marks, 2 * size);
    }
    marks[size] = (long) order << ORDER_SHIFT | (long) size << CODE_POINT_BITS | codePoint;
    size++;
  }

  /** Forgets the marks, and lets go of memory that an unusually long run took. */
  void clear() {
    size = 0;
    if (marks.length > KEPT) {
      marks = new long[USUAL];
    }
  }

  /** Appends the marks in order to {@code text}, and forgets them. */
  void moveTo(Utf8Buffer text) {
    moveTo(text::append);
  }

  /** Gives the marks in order to {@code text}, and forgets them. */
  void moveTo(IntConsumer text) {
    Arrays.sort(marks, 0, size);
    for (int i = 0; i < size; i++) {
      text.accept((int) marks[i] & CODE_POINT_MASK);
    }
    clear();
  }
}
