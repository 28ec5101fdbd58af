package dev.bertserve.bulk.pipeline;

import java.util.Optional;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;

/**
 * What was read.
 *
 * @param rows with a schema: the texts, then the keys
 * @param badLines lines that are no rows, if there may be some
 * @param line what a line should be
 */
record InputRows(PCollection<Row> rows, Optional<PCollection<String>> badLines, String line) {

  static InputRows of(PCollection<Row> rows) {
    return new InputRows(rows, Optional.empty(), "");
  }
}
