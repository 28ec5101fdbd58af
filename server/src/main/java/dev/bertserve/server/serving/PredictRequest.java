package dev.bertserve.server.serving;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows to be scored, independent of the wire format.
 *
 * @param rows one entry per row: its texts, in the order of {@link ModelSignature#texts}, the last
 *     of which it may lack if that is optional
 * @param others one column per input of {@link ModelSignature#others}, in their order
 */
public record PredictRequest(List<String[]> rows, List<Column> others, Caller caller) {

  /** A request to a model that takes only texts. */
  public PredictRequest(List<String[]> rows, Caller caller) {
    this(rows, List.of(), caller);
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
