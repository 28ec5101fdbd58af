package dev.bertserve.server.batching;

import java.util.List;

/**
 * The rows of a batch, picked from the available ones, and their positions in its shape.
 *
 * @param rows index of each row among the available ones
 * @param starts index of each row's first token among the tokens of the shape
 * @param slots index of each row's output among the output rows of the shape
 */
@SuppressWarnings("ArrayRecordComponent") // Ownership passes on; nobody changes the arrays.
record Placement(BatchShape shape, int[] rows, int[] starts, int[] slots) {

  /** The plan for {@code picked}, in the order of {@link #rows}. */
  <T> BatchPlan<T> planOf(List<T> picked) {
    return new BatchPlan<>(picked, shape, starts, slots);
  }
}
