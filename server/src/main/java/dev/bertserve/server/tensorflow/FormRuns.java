package dev.bertserve.server.tensorflow;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Runs the same rows through several forms of a model, one after the other.
 *
 * @param outputs outputs of the model
 * @param lengths lengths of its rows
 * @param threadsPerRun number of threads per op
 * @param rows at least one
 * @param clockNanos times the runs
 */
record FormRuns(
    List<OutputSpec> outputs,
    RowLengths lengths,
    int threadsPerRun,
    List<TokenIds> rows,
    LongSupplier clockNanos) {

  /** After one that builds kernels. */
  private static final int TIMED_RUNS = 3;

  /**
   * What a form does with all rows.
   *
   * @param nanos the shortest time
   */
  record Run(List<Column> outputs, long nanos) {}

  Run of(FlatGraph lowered) throws IOException {
    try (TensorFlowEngine engine =
        new TensorFlowEngine(
            LoweredGraphs.of(lowered),
            outputs,
            lengths,
            Device.INT8_SHAPES,
            GraphForm.AS_EXPORTED,
            threadsPerRun)) {
      List<Column> found = engine.runAll(TokenRow.allOf(rows));
      long shortest = Long.MAX_VALUE;
      for (int i = 0; i < TIMED_RUNS; i++) {
        long startNanos = clockNanos.getAsLong();
        found = engine.runAll(TokenRow.allOf(rows));
        shortest = Math.min(shortest, clockNanos.getAsLong() - startNanos);
      }
      return new Run(found, shortest);
    }
  }
}
