package dev.bertserve.server.bulk;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a file, each as a JSON instance, in order. One thread. */
interface RowSource extends Closeable {

  /**
   * One row as it was read.
   *
   * @param number of its line or record in its file, from 1
   * @param json its instance; not yet checked
   * @param keys its values that are handed through, in the order of {@link RowSource#keys}
   * @param fault why it has no instance; empty if it has
   */
  record Raw(long number, String json, List<@Nullable Object> keys, String fault) {

    Raw(long number, String json) {
      this(number, json, List.of(), "");
    }

    /** A row that cannot be scored. */
    static Raw faulty(long number, String fault) {
      return new Raw(number, "", List.of(), fault);
    }
  }

  /** The next row; null at the end. */
  @Nullable Raw next() throws IOException;

  /** The columns that are handed through. */
  List<KeyColumn> keys();

  /** Share of the file that was read; 0 if it is not known. */
  double share() throws IOException;

  /** A list that may hold null. */
  static List<@Nullable Object> values(@Nullable Object[] values) {
    return Arrays.asList(values);
  }
}
