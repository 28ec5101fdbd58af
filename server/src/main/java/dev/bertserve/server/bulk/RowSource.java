package dev.bertserve.server.bulk;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a file, each as a JSON instance, in order. One thread. */
public interface RowSource extends Closeable {

  /**
   * One row as it was read.
   *
   * @param number of its line or record, from 1
   * @param json its instance; not yet checked
   */
  record Raw(long number, String json) {}

  /** The next row; null at the end. */
  @Nullable Raw next() throws IOException;

  /**
   * Reads {@code text} in {@code format}. Closed with it.
   *
   * @param columns of CSV and TSV: one for each input of the model, in order
   * @param inputs of the model, each with whether its values are strings
   */
  static RowSource of(RowFormat format, Reader text, List<String> columns, List<TableColumn> inputs)
      throws IOException {
    return switch (format) {
      case TEXT, JSONL -> new LineSource(text, format == RowFormat.TEXT);
      case CSV -> new TableSource(text, ',', columns, inputs);
      case TSV -> new TableSource(text, '\t', columns, inputs);
    };
  }
}
