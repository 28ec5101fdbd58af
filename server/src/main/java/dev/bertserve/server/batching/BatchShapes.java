package dev.bertserve.server.batching;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All shapes in which a model runs batches. Immutable. */
public final class BatchShapes {

  private final List<BatchShape> largestFirst;
  private final int fixedTokens;

  /** In ascending order. */
  private final int[] lengths;

  /** The shapes of {@link #lengths}, each list in ascending order of sequences and rows. */
  private final BatchShape[][] byLength;

  /**
   * Sorts the shapes.
   *
   * @param shapes in any order; at least one
   * @param fixedTokens prior of the cost model: number of tokens that cost as much as the fixed
   *     part of a batch
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

  /** All shapes; the one with the most tokens comes first. */
  public List<BatchShape> largestFirst() {
    return largestFirst;
  }

  /** Prior of the cost model: number of tokens that cost as much as the fixed part of a batch. */
  int fixedTokens() {
    return fixedTokens;
  }

  /** Number of tokens of the largest shape. */
  public int maxTokens() {
    return largestFirst.get(0).tokens();
  }

  /** Whether a sequence of some shape holds several rows. */
  public boolean isPacked() {
    return largestFirst.stream().anyMatch(shape -> shape.maxRowsPerSequence() > 1);
  }

  /** The smallest shape that holds one row of {@code tokens} tokens. */
  public BatchShape ofOneRow(int tokens) {
    return byLength[indexOf(tokens)][0];
  }

  /** Index of the shortest length that holds a row of {@code tokens} tokens. */
  int indexOf(int tokens) {
    int at = Arrays.binarySearch(lengths, tokens);
    int index = at < 0 ? -at - 1 : at;
    if (index == lengths.length) {
      throw new IllegalArgumentException(
          "row: " + tokens + " tokens (expected: at most " + lengths[lengths.length - 1] + ")");
    }
    return index;
  }

  /**
   * The shapes of length {@code index}, in ascending order; the caller must not change the array.
   */
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

  /** Number of sequences of the largest shape of length {@code index}. */
  int maxSequences(int index) {
    BatchShape[] shapes = byLength[index];
    return shapes[shapes.length - 1].sequences();
  }

  /** Largest number of rows per sequence among the shapes of length {@code index}. */
  int maxRowsPerSequence(int index) {
    int most = 1;
    for (BatchShape shape : byLength[index]) {
      most = Math.max(most, shape.maxRowsPerSequence());
    }
    return most;
  }

  /**
   * The smallest shape of length {@code index} with at least {@code sequences} sequences and room
   * for {@code rowsPerSequence} rows in each; null if there is none.
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
