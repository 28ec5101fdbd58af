package dev.bertserve.server.batching;

import java.util.List;

/**
 * Which of the rows on offer run together, and where each stands.
 *
 * @param rows index of each row among those on offer
 * @param starts index of its first token among the shape's tokens
 * @param slots index of its answer among the answers of the shape's rows
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over; nobody keeps or changes it.
record Placement(BatchShape shape, int[] rows, int[] starts, int[] slots) {

  /** The plan; {@code picked} in the order of {@link #rows}. */
  <T> BatchPlan<T> planOf(List<T> picked) {
    return new BatchPlan<>(picked, shape, starts, slots);
  }
}
