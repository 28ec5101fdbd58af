package dev.bertserve.server.prepared;

import java.util.Locale;

/**
 * How far a form of a model moves outputs.
 *
 * @param texts number of rows that were compared
 * @param largest largest difference of a value
 * @param mean mean difference of a value
 * @param flips number of rows that are decided differently
 */
public record Move(int texts, double largest, double mean, int flips) {

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "at most %.2g and %.2g in the mean on %d texts, %d decided differently",
        largest,
        mean,
        texts,
        flips);
  }
}
