package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.PredictRequest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one request, as they are read. A row without text is null: it is not scored, and its
 * prediction is null. One thread.
 */
public final class RowList {

  private final String list;
  private final int maxRows;
  private final List<String[]> texts = new ArrayList<>();
  private final BitSet nulls = new BitSet();
  private List<Column> others = List.of();
  private int size;

  /**
   * An empty list.
   *
   * @param list its name in error messages
   * @param maxRows largest number of rows
   */
  public RowList(String list, int maxRows) {
    this.list = list;
    this.maxRows = maxRows;
  }

  /** Throws TOO_LARGE if there is no room for one more row. */
  public void requireRoom() {
    if (size == maxRows) {
      throw tooLarge(list, maxRows);
    }
  }

  /** The failure of a request whose {@code list} has more than {@code maxRows} rows. */
  public static ServingException tooLarge(String list, int maxRows) {
    return new ServingException(
        FailureKind.TOO_LARGE,
        list + ": more than " + maxRows + " rows (expected: at most that in one request)");
  }

  /**
   * Rows of columns of equal sizes.
   *
   * @param texts a column for each text of a row; not empty
   * @param others the values beside the texts
   */
  public static RowList of(
      String list, int maxRows, List<List<String>> texts, List<Column> others) {
    RowList rows = new RowList(list, maxRows);
    for (int row = 0; row < texts.get(0).size(); row++) {
      String[] joined = new String[texts.size()];
      for (int i = 0; i < joined.length; i++) {
        joined[i] = texts.get(i).get(row);
      }
      rows.add(joined);
    }
    rows.setOthers(others);
    return rows;
  }

  /** Adds a row, one text per input; null for one without text. */
  public void add(String @Nullable [] row) {
    requireRoom();
    if (row == null) {
      nulls.set(size);
    } else {
      texts.add(row);
    }
    size++;
  }

  /** Sets the values beside the texts: one column for each input that is not tokenised. */
  public void setOthers(List<Column> columns) {
    others = List.copyOf(columns);
  }

  /** The request that scores the rows. */
  public PredictRequest request(Caller caller) {
    return new PredictRequest(texts, others, caller);
  }

  /** Number of rows, null ones included. */
  public int size() {
    return size;
  }

  /** The rows to be scored, in order. */
  public List<String[]> texts() {
    return texts;
  }

  /** The values beside the texts. */
  public List<Column> others() {
    return others;
  }

  /** Whether row {@code index} is null. */
  public boolean isNull(int index) {
    return nulls.get(index);
  }
}
