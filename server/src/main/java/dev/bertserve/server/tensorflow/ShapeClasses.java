package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The few shapes that tiles have, so that all can run before the first request. Lengths are
 * multiples of 4 up to 48, then powers of two and quarters between; rows are as many as the budget
 * holds, and halves of that down to one.
 */
final class ShapeClasses {

  private static final int STEP = 4;
  private static final int LEAST_LENGTH = 16;
  private static final int STEPS_END = 48;

  /** More rows gain nothing, and would be one more shape each. */
  private static final int MOST_ROWS = 64;

  private final int[] lengths;
  private final int[][] rows;

  /** {@code maxTokens} bounds a tile, padding included; a longer row is a tile of its own. */
  ShapeClasses(RowLengths bounds, int maxTokens) {
    lengths = lengths(bounds);
    rows = new int[lengths.length][];
    for (int i = 0; i < lengths.length; i++) {
      rows[i] = rowClasses(Math.max(1, Math.min(MOST_ROWS, maxTokens / lengths[i])));
    }
  }

  /** Length of a tile whose longest row has {@code tokens}. */
  int length(int tokens) {
    return lengths[index(tokens)];
  }

  /** Rows that a tile of this length class may have, upwards from 1; not to be written to. */
  int[] rows(int length) {
    return rows[index(length)];
  }

  /** All of them, the largest first. */
  List<TileShape> all() {
    List<TileShape> all = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      for (int count : rows[i]) {
        all.add(new TileShape(count, lengths[i]));
      }
    }
    all.sort(Comparator.comparingInt(TileShape::tokens).reversed());
    return all;
  }

  private int index(int tokens) {
    int found = Arrays.binarySearch(lengths, tokens);
    int index = found < 0 ? -found - 1 : found;
    if (index == lengths.length) {
      throw new IllegalArgumentException(
          "length: " + tokens + " (expected: at most " + lengths[lengths.length - 1] + ")");
    }
    return index;
  }

  private static int[] lengths(RowLengths bounds) {
    List<Integer> lengths = new ArrayList<>();
    for (int length = LEAST_LENGTH; length < bounds.most(); length = next(length)) {
      if (length >= bounds.least()) {
        lengths.add(length);
      }
    }
    lengths.add(bounds.most());
    return lengths.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int next(int length) {
    return length < STEPS_END ? length + STEP : length + Integer.highestOneBit(length) / 4;
  }

  private static int[] rowClasses(int most) {
    SortedSet<Integer> rows = new TreeSet<>(List.of(most));
    rows.add(1);
    for (int count = most / 2; count > 0; count /= 2) {
      rows.add(count);
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }
}
