package dev.bertserve.server.batching;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Makes the shapes for a kind of device: few, since TensorFlow's ops keep kernels for each. Lengths
 * grow in even steps, then by fractions of powers of two. A shape has as many sequences as its
 * tokens allow, or a fraction of that.
 *
 * @param maxTokens largest number of tokens of a shape, including padding; a longer row is a shape
 *     of its own
 * @param fixedTokens prior of the cost model: number of tokens that cost as much as the fixed part
 *     of a batch
 * @param lengthStep between lengths below {@code stepsEnd}
 * @param stepsEnd length from which on there are {@code lengthsPerDoubling} lengths per power of
 *     two
 * @param lengthsPerDoubling at least 1
 * @param rowsFactor ratio between the numbers of rows of padded shapes
 * @param slots largest number of rows of a packed shape
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

  /** More sequences gain nothing, and each number is one more shape. */
  private static final int MAX_SEQUENCES = 64;

  /** Attention over more tokens costs more than padding. */
  private static final int MAX_SHARED_LENGTH = 128;

  /** Up to this number of sequences, each number has a shape. */
  private static final int MAX_COUNTED = 8;

  /** A sequence has room for rows of this mean length. */
  private static final int TOKENS_OF_A_SHORT_ROW = 8;

  /** A second shape has room for fewer rows, which makes the last layer cheaper. */
  private static final int TOKENS_OF_A_LONG_ROW = 32;

  /** The same rule with {@code max} tokens; 0 changes nothing. */
  public ShapeRule withMaxTokens(int max) {
    return max == 0
        ? this
        : new ShapeRule(
            max, fixedTokens, lengthStep, stepsEnd, lengthsPerDoubling, rowsFactor, slots);
  }

  /** Shapes in which each row is a sequence of its own, of {@code min} to {@code max} tokens. */
  public BatchShapes padded(int min, int max) {
    List<BatchShape> shapes = new ArrayList<>();
    for (int length : lengths(min, max)) {
      for (int rows : rowClasses(maxSequences(length))) {
        shapes.add(new BatchShape(rows, length));
      }
    }
    return new BatchShapes(shapes, fixedTokens);
  }

  /**
   * Shapes for packed rows: one sequence of each length from {@code min} to {@code max} tokens, and
   * several sequences of lengths that would not fit twice in the longest shared one.
   */
  public BatchShapes packed(int min, int max) {
    int[] lengths = lengths(min, max);
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

  private int[] lengths(int min, int max) {
    List<Integer> lengths = new ArrayList<>();
    for (int length = MIN_LENGTH; length < max; length = nextLength(length)) {
      if (length >= min) {
        lengths.add(length);
      }
    }
    lengths.add(max);
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
    int max = Math.max(1, slots / sequences);
    int ofShort = Math.max(1, Math.min(max, length / TOKENS_OF_A_SHORT_ROW));
    int ofLong = Math.min(max, length / TOKENS_OF_A_LONG_ROW);
    return ofLong <= 1 || ofLong == ofShort ? new int[] {ofShort} : new int[] {ofLong, ofShort};
  }

  private static int[] sequenceClasses(int max) {
    return max <= MAX_COUNTED
        ? IntStream.rangeClosed(1, max).toArray()
        : IntStream.iterate(1, count -> count <= max, count -> 2 * count).toArray();
  }

  private int[] rowClasses(int max) {
    SortedSet<Integer> rows = new TreeSet<>(List.of(1));
    for (int count = max; count > 0; count /= rowsFactor) {
      rows.add(count);
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }
}
