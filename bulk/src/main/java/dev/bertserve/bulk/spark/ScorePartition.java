package dev.bertserve.bulk.spark;

import dev.bertserve.bulk.ModelKey;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Scores the rows of a partition. */
final class ScorePartition implements MapPartitionsFunction<Row, Row> {

  private static final long serialVersionUID = 1;

  private final ModelKey key;
  private final StructType outputs;
  private final List<String> columns;
  private final int[] places;

  /**
   * @param columns names of the texts, and {@code places} where a row has them
   */
  ScorePartition(ModelKey key, StructType outputs, List<String> columns, int[] places) {
    this.key = key;
    this.outputs = outputs;
    // A list of Python's has a class that executors may not have
    this.columns = List.copyOf(columns);
    this.places = places;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    return new ScoredRows(rows, key, outputs, columns, places);
  }
}
