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
 * The few shapes that tiles have, so that all can run before the first request. Lengths go up in
 * even steps, then by shares of powers of two; rows are as many as a tile holds, and shares of that
 * down to one.
 */
final class ShapeClasses {

  private static final int LEAST_LENGTH = 16;

  /** More rows gain nothing, and would be one more shape each. */
  private static final int MOST_ROWS = 64;

  private final TileRule rule;
  private final int[] lengths;
  private final int[][] rows;

  /** {@code bounds} are the model's. */
  ShapeClasses(RowLengths bounds, TileRule rule) {
    this.rule = rule;
    lengths = lengths(bounds);
    rows = new int[lengths.length][];
    for (int i = 0; i < lengths.length; i++) {
      rows[i] = rowClasses(Math.max(1, Math.min(MOST_ROWS, rule.tokens() / lengths[i])));
    }
  }

  /** Tokens that cost as much as one more tile, about. */
  int tileCost() {
    return rule.tileCost();
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

  private int[] lengths(RowLengths bounds) {
    List<Integer> lengths = new ArrayList<>();
    for (int length = LEAST_LENGTH; length < bounds.most(); length = next(length)) {
      if (length >= bounds.least()) {
        lengths.add(length);
      }
    }
    lengths.add(bounds.most());
    return lengths.stream().mapToInt(Integer::intValue).toArray();
  }

  private int next(int length) {
    return length < rule.stepsEnd()
        ? length + rule.lengthStep()
        : length + Integer.highestOneBit(length) / rule.lengthsPerDoubling();
  }

  private int[] rowClasses(int most) {
    SortedSet<Integer> rows = new TreeSet<>(List.of(1));
    for (int count = most; count > 0; count /= rule.rowsFactor()) {
      rows.add(count);
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }
}
