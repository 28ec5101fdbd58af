package dev.bertserve.server.batching;

import java.util.List;

/**
 * A planned batch: its rows, its shape, and the position of each row in it. A batch is planned
 * once; the engine runs the plan as it is. Immutable.
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

  /** The same plan with other rows: {@code others} in the order of {@link #rows}. */
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

  /** Slot of row {@code index}: the index of its output among the output rows of the shape. */
  public int slot(int index) {
    return slots[index];
  }

  /** Number of tokens that run, including padding. */
  public int paddedTokens() {
    return shape.tokens();
  }
}
