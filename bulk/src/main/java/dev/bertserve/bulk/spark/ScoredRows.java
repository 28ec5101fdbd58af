package dev.bertserve.bulk.spark;

import dev.bertserve.bulk.ModelKey;
import dev.bertserve.bulk.RowScoring;
import dev.bertserve.bulk.RowScoring.Scored;
import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The rows of a partition with their outputs, in order; many at a time are scored together. */
final class ScoredRows implements Iterator<Row> {

  private final Iterator<Row> rows;
  private final ModelKey key;
  private final StructType outputs;
  private final List<String> columns;
  private final int[] places;
  private Iterator<Row> scored = List.<Row>of().iterator();

  ScoredRows(
      Iterator<Row> rows, ModelKey key, StructType outputs, List<String> columns, int[] places) {
    this.rows = rows;
    this.key = key;
    this.outputs = outputs;
    this.columns = columns;
    this.places = places;
  }

  @Override
  public boolean hasNext() {
    return scored.hasNext() || rows.hasNext();
  }

  @Override
  public Row next() {
    if (!scored.hasNext()) {
      scored = score(group()).iterator();
    }
    return scored.next();
  }

  private List<Row> group() {
    List<Row> group = new ArrayList<>();
    long textBytes = 0;
    while (group.size() < RowScoring.MAX_ROWS
        && textBytes < RowScoring.MAX_TEXT_BYTES
        && rows.hasNext()) {
      Row row = rows.next();
      group.add(row);
      for (int place : places) {
        textBytes +=
            row.isNullAt(place) ? 0 : (long) Character.BYTES * row.getString(place).length();
      }
    }
    return group;
  }

  private List<Row> score(List<Row> group) {
    List<List<String>> texts = new ArrayList<>(group.size());
    for (Row row : group) {
      if (firstNull(row) < 0) {
        List<String> values = new ArrayList<>(places.length);
        for (int place : places) {
          values.add(row.getString(place));
        }
        texts.add(values);
      }
    }
    Iterator<Scored> results = results(texts).iterator();
    List<Row> complete = new ArrayList<>(group.size());
    for (Row row : group) {
      int missing = firstNull(row);
      complete.add(
          missing < 0
              ? with(row, results.next())
              : with(row, new Scored(null, columns.get(missing) + ": null (expected: a string)")));
    }
    return complete;
  }

  private List<Scored> results(List<List<String>> texts) {
    try {
      TextModel model = ExecutorModels.acquire(key);
      try {
        OutputColumns.check(outputs, model);
        return RowScoring.score(model, texts);
      } finally {
        ExecutorModels.release(key);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("model: " + key.model() + ": " + e.getMessage(), e);
    }
  }

  /** Index of the first text of {@code row} that is null; -1 if there is none. */
  private int firstNull(Row row) {
    for (int i = 0; i < places.length; i++) {
      if (row.isNullAt(places[i])) {
        return i;
      }
    }
    return -1;
  }

  private Row with(Row row, Scored result) {
    int size = row.length();
    @Nullable Object[] values = new @Nullable Object[size + outputs.size() + 1];
    for (int i = 0; i < size; i++) {
      values[i] = row.get(i);
    }
    if (result.outputs() == null) {
      values[values.length - 1] = result.reason();
    } else {
      Object[] scores = OutputColumns.values(result.outputs(), outputs);
      System.arraycopy(scores, 0, values, size, scores.length);
    }
    return RowFactory.create(values);
  }
}
