package dev.bertserve.server.batching;

import java.util.Arrays;

/**
 * Plans batches of padded rows: each row is a sequence of its own, padded to the length of the
 * shape. One thread.
 *
 * <p>Sorts the available rows by length and cuts them, by dynamic programming, into the batches
 * with the least total time by the cost model. Picks the batch that holds row 0. If its shape has
 * room left, longer rows that fit join it.
 */
final class PaddedPlanner implements BatchPlanner {

  private final BatchShapes shapes;
  private final int maxRows;
  private final CostModel costs;

  /**
   * Negative length in the upper half, index in the lower: sorts the longest row first, rows of
   * equal length by turn.
   */
  private long[] keys = new long[0];

  /** nanos[i]: least total time of rows i and after. */
  private double[] nanos = new double[1];

  /** cuts[i]: the shape of the batch that starts with row i. */
  private BatchShape[] cuts = new BatchShape[0];

  PaddedPlanner(BatchShapes shapes, int maxRows, CostModel costs) {
    this.shapes = shapes;
    this.maxRows = maxRows;
    this.costs = costs;
  }

  @Override
  public Placement plan(int[] tokens, int rows, double share) {
    sort(tokens, rows);
    for (int start = rows - 1; start >= 0; start--) {
      cut(start, rows);
    }
    int start = 0;
    int end = end(0, rows);
    while (!holdsFirst(start, end)) {
      start = end;
      end = end(start, rows);
    }
    return placement(fullest(start, end), end, cuts[start]);
  }

  /** The start of the batch after longer rows have filled the room that its shape has left. */
  private int fullest(int start, int end) {
    BatchShape shape = cuts[start];
    int from = start;
    while (from > 0
        && end - from < Math.min(maxRows, shape.sequences())
        && tokens(from - 1) <= shape.length()) {
      from--;
    }
    return from;
  }

  private int tokens(int sorted) {
    return (int) -(keys[sorted] >> Integer.SIZE);
  }

  private void sort(int[] tokens, int rows) {
    if (keys.length < rows) {
      keys = new long[2 * rows];
      nanos = new double[2 * rows + 1];
      cuts = new BatchShape[2 * rows];
    }
    for (int row = 0; row < rows; row++) {
      keys[row] = (long) -tokens[row] << Integer.SIZE | row;
    }
    Arrays.sort(keys, 0, rows);
    nanos[rows] = 0;
  }

  /** Finds the best batch that starts with sorted row {@code start}. */
  private void cut(int start, int rows) {
    int length = shapes.indexOf(tokens(start));
    nanos[start] = Double.POSITIVE_INFINITY;
    for (BatchShape shape : shapes.ofLength(length)) {
      int end = Math.min(rows, start + Math.min(maxRows, shape.sequences()));
      double all = costs.nanos(shape.tokens()) + nanos[end];
      // Among equal costs the larger shape wins, so that full batches come first.
      if (all <= nanos[start]) {
        nanos[start] = all;
        cuts[start] = shape;
      }
    }
  }

  private int end(int start, int rows) {
    return Math.min(rows, start + Math.min(maxRows, cuts[start].sequences()));
  }

  private boolean holdsFirst(int start, int end) {
    for (int i = start; i < end; i++) {
      if ((int) keys[i] == 0) {
        return true;
      }
    }
    return false;
  }

  private Placement placement(int start, int end, BatchShape shape) {
    int[] picked = new int[end - start];
    int[] starts = new int[picked.length];
    int[] slots = new int[picked.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = (int) keys[start + i];
      starts[i] = i * shape.length();
      slots[i] = i;
    }
    return new Placement(shape, picked, starts, slots);
  }
}
