package dev.bertserve.server.batching;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The few shapes in which a model runs batches. Immutable. */
public final class BatchShapes {

  private final List<BatchShape> largestFirst;
  private final int fixedTokens;

  /** In ascending order. */
  private final int[] lengths;

  /** The shapes of {@link #lengths}, each list in ascending order of sequences and rows. */
  private final BatchShape[][] byLength;

  /**
   * Keeps the shapes.
   *
   * @param shapes in any order; at least one
   * @param fixedTokens tokens that take as long as the fixed part of a batch, before any has run
   */
  public BatchShapes(List<BatchShape> shapes, int fixedTokens) {
    if (shapes.isEmpty()) {
      throw new IllegalArgumentException("shapes: none (expected: at least one)");
    }
    this.fixedTokens = fixedTokens;
    largestFirst =
        shapes.stream()
            .sorted(
                Comparator.comparingInt(BatchShape::tokens)
                    .reversed()
                    .thenComparingInt(BatchShape::maxRowsPerSequence))
            .toList();
    lengths = shapes.stream().mapToInt(BatchShape::length).sorted().distinct().toArray();
    byLength = new BatchShape[lengths.length][];
    Arrays.setAll(
        byLength,
        i ->
            shapes.stream()
                .filter(shape -> shape.length() == lengths[i])
                .sorted(
                    Comparator.comparingInt(BatchShape::sequences)
                        .thenComparingInt(BatchShape::maxRowsPerSequence))
                .toArray(BatchShape[]::new));
  }

  /** All of them, the one of most tokens first. */
  public List<BatchShape> largestFirst() {
    return largestFirst;
  }

  /** Tokens that take as long as the fixed part of a batch, before any has run. */
  int fixedTokens() {
    return fixedTokens;
  }

  /** Tokens of the largest shape. */
  public int maxTokens() {
    return largestFirst.get(0).tokens();
  }

  /** Whether sequences of some shape hold several rows. */
  public boolean isPacked() {
    return largestFirst.stream().anyMatch(shape -> shape.maxRowsPerSequence() > 1);
  }

  /** The smallest shape that holds one row of {@code tokens}. */
  public BatchShape ofOneRow(int tokens) {
    return byLength[indexOf(tokens)][0];
  }

  /** Index of the shortest length that holds a row of {@code tokens}. */
  int indexOf(int tokens) {
    int at = Arrays.binarySearch(lengths, tokens);
    int index = at < 0 ? -at - 1 : at;
    if (index == lengths.length) {
      throw new IllegalArgumentException(
          "row: " + tokens + " tokens (expected: at most " + lengths[lengths.length - 1] + ")");
    }
    return index;
  }

  /** The shapes of length {@code index}, in ascending order; not to be written to. */
  BatchShape[] ofLength(int index) {
    return byLength[index];
  }

  /** Number of distinct lengths. */
  int lengths() {
    return lengths.length;
  }

  /** Length {@code index}, in ascending order. */
  int length(int index) {
    return lengths[index];
  }

  /** Sequences of the largest shape of length {@code index}. */
  int maxSequences(int index) {
    BatchShape[] shapes = byLength[index];
    return shapes[shapes.length - 1].sequences();
  }

  /** Rows that one sequence of length {@code index} has room for, in the roomiest shape. */
  int maxRowsPerSequence(int index) {
    int most = 1;
    for (BatchShape shape : byLength[index]) {
      most = Math.max(most, shape.maxRowsPerSequence());
    }
    return most;
  }

  /**
   * The smallest shape of length {@code index} with at least so many sequences and room for so many
   * rows in each; null if there is none.
   */
  @Nullable BatchShape smallest(int index, int sequences, int rowsPerSequence) {
    for (BatchShape shape : byLength[index]) {
      if (shape.sequences() >= sequences && shape.maxRowsPerSequence() >= rowsPerSequence) {
        return shape;
      }
    }
    return null;
  }
}
