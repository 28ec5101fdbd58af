package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchPlanner;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.failure.ServingException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs planned batches through the model. Each engine casts the rows to the type that its {@link
 * RowEncoding} makes. Any number of threads at the same time.
 */
public interface Engine extends AutoCloseable {

  /** The outputs that it computes, in the order of {@link #run}'s columns. */
  List<OutputSpec> outputs();

  /**
   * Scores the rows of {@code batch}; blocks until done. Returns one column per output, each row
   * {@link OutputSpec#rowSize} long.
   *
   * @throws ServingException if the model rejects a value of a row
   */
  List<Column> run(BatchPlan<EncodedRow> batch);

  /** Scores any number of rows, one batch after the other. */
  default List<Column> runAll(List<EncodedRow> rows) {
    List<Column> values = new ArrayList<>();
    for (OutputSpec output : outputs()) {
      values.add(output.column(rows.size()));
    }
    for (BatchPlan<Integer> batch : BatchPlanner.planAll(shapes(), rows, EncodedRow::tokens)) {
      List<Column> ran = run(batch.with(batch.rows().stream().map(rows::get).toList()));
      for (int i = 0; i < batch.rows().size(); i++) {
        for (int output = 0; output < values.size(); output++) {
          int size = outputs().get(output).rowSize();
          ran.get(output).copyTo(i * size, values.get(output), batch.rows().get(i) * size, size);
        }
      }
    }
    return values;
  }

  /**
   * The first value that is not finite in row {@code source} of {@code values}, which {@link #run}
   * returned for {@code rows} rows; 0 if all values are finite.
   */
  static double firstNotFinite(List<Column> values, int rows, int source) {
    for (Column output : values) {
      int size = output.size() / rows;
      double value = output.firstNotFinite(source * size, (source + 1) * size);
      if (!Double.isFinite(value)) {
        return value;
      }
    }
    return 0;
  }

  /** All shapes that {@link #run} takes. */
  BatchShapes shapes();

  /** Runs {@code shape}, one of {@link #shapes}, with padding only. */
  void runPadding(BatchShape shape);

  @Override
  void close();
}
