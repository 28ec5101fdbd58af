package dev.bertserve.server.prepared;

/**
 * How long a padded row may be.
 *
 * @param least tokens, padding included; above 1 where padding may change an answer
 * @param most tokens, padding included: the model's sequence length
 */
public record RowLengths(int least, int most) {

  public RowLengths {
    if (least < 1 || most < least) {
      throw new IllegalArgumentException(
          "lengths: " + least + " to " + most + " (expected: 1 or more, in order)");
    }
  }

  /** The length of all rows; 0 if they may have several. */
  public int fixed() {
    return least == most ? most : 0;
  }

  /** The allowed length closest to {@code length}. */
  public int nearest(int length) {
    return Math.max(least, Math.min(most, length));
  }
}
