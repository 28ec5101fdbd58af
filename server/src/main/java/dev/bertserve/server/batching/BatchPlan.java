package dev.bertserve.server.batching;

import java.util.List;

/**
 * A closed batch: its rows, the shape that they run in, and where each row stands in it. The queue
 * plans it once; nothing places the rows again. Immutable.
 */
public final class BatchPlan<T> {

  private static final int[] NONE = {};

  private final List<T> rows;
  private final BatchShape shape;
  private final int[] starts;
  private final int[] slots;

  /** Takes ownership of the arrays; each has one entry per row. */
  BatchPlan(List<T> rows, BatchShape shape, int[] starts, int[] slots) {
    this.rows = List.copyOf(rows);
    this.shape = shape;
    this.starts = starts;
    this.slots = slots;
  }

  /** A batch of padding only. */
  public static <T> BatchPlan<T> padding(BatchShape shape) {
    return new BatchPlan<>(List.of(), shape, NONE, NONE);
  }

  /** A batch of one row in {@code shape}, which must have room for it. */
  public static <T> BatchPlan<T> ofOneRow(T row, BatchShape shape) {
    return new BatchPlan<>(List.of(row), shape, new int[1], new int[1]);
  }

  /** The same places for other rows: {@code others} in the order of {@link #rows}. */
  public <R> BatchPlan<R> with(List<R> others) {
    if (others.size() != rows.size()) {
      throw new IllegalArgumentException(
          "rows: " + others.size() + " (expected: " + rows.size() + ")");
    }
    return new BatchPlan<>(others, shape, starts, slots);
  }

  public List<T> rows() {
    return rows;
  }

  public BatchShape shape() {
    return shape;
  }

  /** Index of the first token of row {@code index} among the shape's tokens. */
  public int start(int index) {
    return starts[index];
  }

  /** Index of the answer to row {@code index} among the answers of the shape's rows. */
  public int slot(int index) {
    return slots[index];
  }

  /** Tokens that run, padding included. */
  public int paddedTokens() {
    return shape.tokens();
  }
}
