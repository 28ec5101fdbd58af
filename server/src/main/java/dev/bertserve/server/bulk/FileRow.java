package dev.bertserve.server.bulk;

import dev.bertserve.server.serving.Column;
import java.util.List;

/**
 * One row of a file.
 *
 * @param number of its line or record, from 1
 * @param instance its JSON, as the output repeats it
 * @param texts in the order of the model's texts
 * @param others the row's values of each other input
 * @param fault why it cannot be scored; empty if it can
 */
record FileRow(
    long number, String instance, List<String> texts, List<Column> others, String fault) {

  static FileRow faulty(long number, String instance, String fault) {
    return new FileRow(number, instance, List.of(), List.of(), fault);
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
