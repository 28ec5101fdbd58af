package dev.bertserve.tokenizer;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * NFKC_Casefold of each code point, which are assigned, and which are marks, in Unicode 12.1.
 *
 * <p>The build generates it: the number of borders, the borders between assigned and unassigned
 * code points, the number of folded code points, each with its fold, the number of marks, and each
 * with its combining class.
 */
final class FoldTable {

  private static final int[] BORDERS;
  private static final int[] CODE_POINTS;
  private static final String[] FOLDS;
  private static final int[] MARKS;
  private static final int[] CLASSES;

  static {
    try (InputStream resource = FoldTable.class.getResourceAsStream("folds.bin")) {
      if (resource == null) {
        throw new IllegalStateException("folds.bin: missing (expected: beside this class)");
      }
      DataInputStream in = new DataInputStream(resource);
      BORDERS = new int[in.readInt()];
      for (int i = 0; i < BORDERS.length; i++) {
        BORDERS[i] = in.readInt();
      }
      CODE_POINTS = new int[in.readInt()];
      FOLDS = new String[CODE_POINTS.length];
      for (int i = 0; i < CODE_POINTS.length; i++) {
        CODE_POINTS[i] = in.readInt();
        FOLDS[i] = in.readUTF();
      }
      MARKS = new int[in.readInt()];
      CLASSES = new int[MARKS.length];
      for (int i = 0; i < MARKS.length; i++) {
        MARKS[i] = in.readInt();
        CLASSES[i] = in.readUnsignedByte();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FoldTable() {}

  static boolean isAssigned(int codePoint) {
    int at = Arrays.binarySearch(BORDERS, codePoint);
    int bordersBefore = at < 0 ? -at - 1 : at + 1;
    return bordersBefore % 2 == 0;
  }

  /** Whether {@code codePoint} is a mark, or its compatibility decomposition is of marks only. */
  static boolean isMark(int codePoint) {
    return codePoint >= MARKS[0] && Arrays.binarySearch(MARKS, codePoint) >= 0;
  }

  /** The canonical combining class; 0 if {@code codePoint} is not reordered. */
  static int order(int codePoint) {
    int at = Arrays.binarySearch(MARKS, codePoint);
    return at < 0 ? 0 : CLASSES[at];
  }

  /** Appends the fold of {@code codePoint}, not yet composed with its neighbours. */
  static void appendFold(int codePoint, StringBuilder folded) {
    int at = Arrays.binarySearch(CODE_POINTS, codePoint);
    if (at < 0) {
      folded.appendCodePoint(codePoint);
    } else {
      folded.append(FOLDS[at]);
    }
  }
}
