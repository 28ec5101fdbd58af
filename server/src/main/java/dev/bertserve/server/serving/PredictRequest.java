package dev.bertserve.server.serving;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Rows to be scored, independent of the wire format.
 *
 * @param rows one entry per row: its texts, in the order of {@link ModelSignature#texts}, the last
 *     of which it may lack if that is optional
 * @param others one column per input of {@link ModelSignature#others}, in their order
 * @param abandoned whether the caller has disconnected; called on any thread
 * @param timeout longest time that the caller waits
 */
public record PredictRequest(
    List<String[]> rows, List<Column> others, BooleanSupplier abandoned, Duration timeout) {

  /** A request to a model that takes only texts. */
  public PredictRequest(List<String[]> rows, BooleanSupplier abandoned, Duration timeout) {
    this(rows, List.of(), abandoned, timeout);
  }

  /** Values of {@code row} in each of {@link #others}. */
  List<Column> othersOf(int row) {
    if (others.isEmpty()) {
      return List.of();
    }
    List<Column> ofRow = new ArrayList<>(others.size());
    for (Column column : others) {
      int size = column.size() / rows.size();
      ofRow.add(column.slice(row * size, (row + 1) * size));
    }
    return ofRow;
  }
}
