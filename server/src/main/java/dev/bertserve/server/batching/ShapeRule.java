package dev.bertserve.server.batching;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Which shapes suit a kind of device: few, so that all can run before the first request. Lengths go
 * up in even steps, then by shares of powers of two; a shape has as many sequences as its tokens
 * allow, or a share of that.
 *
 * @param maxTokens of a shape, padding included; a longer row is a shape of its own
 * @param fixedTokens tokens that take as long as the fixed part of a batch, before any has run
 * @param lengthStep between lengths below {@code stepsEnd}
 * @param stepsEnd from here on, lengths are powers of two and {@code lengthsPerDoubling} steps
 *     between
 * @param lengthsPerDoubling at least 1
 * @param rowsFactor ratio between numbers of rows where each is a sequence of its own
 * @param slots rows that a shape has room for where sequences hold several
 */
public record ShapeRule(
    int maxTokens,
    int fixedTokens,
    int lengthStep,
    int stepsEnd,
    int lengthsPerDoubling,
    int rowsFactor,
    int slots) {

  private static final int MIN_LENGTH = 16;

  /** More rows gain nothing, and would be one more shape each. */
  private static final int MAX_SEQUENCES = 64;

  /** Attention to more tokens would cost more than padding does. */
  private static final int MAX_SHARED_LENGTH = 128;

  /** Up to here, there is a shape for each number of sequences. */
  private static final int MAX_COUNTED = 8;

  /** Sequences have room for rows of this mean length. */
  private static final int TOKENS_OF_A_SHORT_ROW = 8;

  /** The last layer has less to do where there is room for longer rows only. */
  private static final int TOKENS_OF_A_LONG_ROW = 32;

  /** The same with {@code most} tokens; 0 leaves it as it is. */
  public ShapeRule withMaxTokens(int most) {
    return most == 0
        ? this
        : new ShapeRule(
            most, fixedTokens, lengthStep, stepsEnd, lengthsPerDoubling, rowsFactor, slots);
  }

  /** Shapes in which each row is a sequence of its own, of {@code least} to {@code most} tokens. */
  public BatchShapes padded(int least, int most) {
    List<BatchShape> shapes = new ArrayList<>();
    for (int length : lengths(least, most)) {
      for (int rows : rowClasses(maxSequences(length))) {
        shapes.add(new BatchShape(rows, length));
      }
    }
    return new BatchShapes(shapes, fixedTokens);
  }

  /**
   * Shapes whose sequences hold several rows: one sequence of each length from {@code least} to
   * {@code most} tokens, and several of those lengths that would not fit twice in a longer one.
   */
  public BatchShapes packed(int least, int most) {
    int[] lengths = lengths(least, most);
    int shared = Math.min(lengths[lengths.length - 1], MAX_SHARED_LENGTH);
    List<BatchShape> shapes = new ArrayList<>();
    for (int length : lengths) {
      int[] counts = 2 * length > shared ? sequenceClasses(maxSequences(length)) : new int[] {1};
      for (int count : counts) {
        for (int rows : rowsPerSequence(count, length)) {
          shapes.add(new BatchShape(count, length, rows));
        }
      }
    }
    return new BatchShapes(shapes, fixedTokens);
  }

  private int maxSequences(int length) {
    return Math.max(1, Math.min(MAX_SEQUENCES, maxTokens / length));
  }

  private int[] lengths(int least, int most) {
    List<Integer> lengths = new ArrayList<>();
    for (int length = MIN_LENGTH; length < most; length = nextLength(length)) {
      if (length >= least) {
        lengths.add(length);
      }
    }
    lengths.add(most);
    return lengths.stream().mapToInt(Integer::intValue).toArray();
  }

  private int nextLength(int length) {
    return length < stepsEnd
        ? length + lengthStep
        : length + Integer.highestOneBit(length) / lengthsPerDoubling;
  }

  private int[] rowsPerSequence(int sequences, int length) {
    if (length > maxTokens) {
      return new int[] {1};
    }
    int most = Math.max(1, slots / sequences);
    int ofShort = Math.max(1, Math.min(most, length / TOKENS_OF_A_SHORT_ROW));
    int ofLong = Math.min(most, length / TOKENS_OF_A_LONG_ROW);
    return ofLong <= 1 || ofLong == ofShort ? new int[] {ofShort} : new int[] {ofLong, ofShort};
  }

  private static int[] sequenceClasses(int most) {
    return most <= MAX_COUNTED
        ? IntStream.rangeClosed(1, most).toArray()
        : IntStream.iterate(1, count -> count <= most, count -> 2 * count).toArray();
  }

  private int[] rowClasses(int most) {
    SortedSet<Integer> rows = new TreeSet<>(List.of(1));
    for (int count = most; count > 0; count /= rowsFactor) {
      rows.add(count);
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }
}
