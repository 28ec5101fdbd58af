package dev.bertserve.server.bulk;

import dev.bertserve.server.serving.Prediction;
import java.io.IOException;
import java.util.List;

/** Scored rows as the bytes of a file, which grows by whole rows. One thread. */
interface RowEncoder {

  /** What the file begins with; once, before the first row. */
  byte[] header() throws IOException;

  /** Adds {@code rows}, whose outputs are the rows of {@code prediction}. */
  void add(List<FileRow> rows, Prediction prediction) throws IOException;

  /** The bytes of all rows that were added since the last call. */
  byte[] take() throws IOException;
}
