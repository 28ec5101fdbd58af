package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The few shapes that tiles have, so that all can run before the first request. Lengths go up in
 * even steps, then by shares of powers of two; rows are as many as a tile holds, and shares of that
 * down to one.
 */
final class ShapeClasses {

  private static final int LEAST_LENGTH = 16;

  /** More rows gain nothing, and would be one more shape each. */
  private static final int MOST_ROWS = 64;

  /** Attention to more would cost more than padding does. */
  private static final int SHARED_LENGTH = 128;

  /** Up to here, tiles have any number of sequences. */
  private static final int MOST_COUNTED = 8;

  /** Sequences have room for rows that are so long on the average. */
  private static final int TOKENS_OF_A_SHORT_ROW = 8;

  /** The last layer has less to do where there is room for longer ones only. */
  private static final int TOKENS_OF_A_LONG_ROW = 32;

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

  /** All of them where each row is a sequence of its own, the largest first. */
  List<TileShape> ofRows() {
    List<TileShape> all = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      for (int count : rows[i]) {
        all.add(new TileShape(count, lengths[i]));
      }
    }
    return largestFirst(all);
  }

  /**
   * All of them where sequences hold several rows, the largest first, and of those the ones with
   * room for the fewest rows: one sequence of each length, and several of those that would not be
   * two in a longer one.
   */
  List<TileShape> ofSequences() {
    int shared = Math.min(lengths[lengths.length - 1], SHARED_LENGTH);
    List<TileShape> all = new ArrayList<>();
    for (int length : lengths) {
      int most = Math.max(1, Math.min(MOST_ROWS, rule.tokens() / length));
      for (int count : 2 * length > shared ? sequenceClasses(most) : new int[] {1}) {
        for (int rows : rowsOfOne(count, length)) {
          all.add(new TileShape(count, length, rows));
        }
      }
    }
    return largestFirst(all);
  }

  private static List<TileShape> largestFirst(List<TileShape> shapes) {
    shapes.sort(
        Comparator.comparingInt(TileShape::tokens)
            .reversed()
            .thenComparingInt(TileShape::rowsOfOne));
    return List.copyOf(shapes);
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

  private int[] rowsOfOne(int sequences, int length) {
    if (length > rule.tokens()) {
      return new int[] {1};
    }
    int most = Math.max(1, rule.slots() / sequences);
    int ofShort = Math.max(1, Math.min(most, length / TOKENS_OF_A_SHORT_ROW));
    int ofLong = Math.min(most, length / TOKENS_OF_A_LONG_ROW);
    return ofLong <= 1 || ofLong == ofShort ? new int[] {ofShort} : new int[] {ofLong, ofShort};
  }

  private static int[] sequenceClasses(int most) {
    return most <= MOST_COUNTED
        ? IntStream.rangeClosed(1, most).toArray()
        : IntStream.iterate(1, count -> count <= most, count -> 2 * count).toArray();
  }

  private int[] rowClasses(int most) {
    SortedSet<Integer> rows = new TreeSet<>(List.of(1));
    for (int count = most; count > 0; count /= rule.rowsFactor()) {
      rows.add(count);
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }
}
