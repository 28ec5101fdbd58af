package dev.bertserve.server.bulk;

import dev.bertserve.server.serving.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of a file.
 *
 * @param number of its line or record in its file, from 1
 * @param file which file of several
 * @param instance its JSON, as the output repeats it
 * @param keys its values that are handed through
 * @param texts in the order of the model's texts
 * @param others the row's values of each other input
 * @param fault why it cannot be scored; empty if it can
 */
record FileRow(
    long number,
    int file,
    String instance,
    List<@Nullable Object> keys,
    List<String> texts,
    List<Column> others,
    String fault) {

  /** The same row with a fault. */
  FileRow faulty(String reason) {
    return new FileRow(number, file, instance, keys, List.of(), List.of(), reason);
  }

  boolean isFaulty() {
    return !fault.isEmpty();
  }

  /** Approximate memory. */
  long bytes() {
    long bytes = 2L * instance.length();
    for (String text : texts) {
      bytes += 2L * text.length();
    }
    return bytes;
  }
}
