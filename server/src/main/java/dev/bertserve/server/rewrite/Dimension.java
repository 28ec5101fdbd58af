package dev.bertserve.server.rewrite;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A size that is known before a batch is: {@code factor} times the rows of the batch to the power
 * {@code rows} times their length to the power {@code length}.
 */
record Dimension(long factor, int rows, int length) {

  static final Dimension ONE = of(1);
  static final Dimension ROWS = new Dimension(1, 1, 0);
  static final Dimension LENGTH = new Dimension(1, 0, 1);

  static Dimension of(long size) {
    return new Dimension(size, 0, 0);
  }

  boolean isConstant() {
    return rows == 0 && length == 0;
  }

  boolean is(long size) {
    return isConstant() && factor == size;
  }

  Dimension times(Dimension other) {
    return new Dimension(factor * other.factor, rows + other.rows, length + other.length);
  }

  /** This size divided by {@code other}; null if the quotient is not such a size. */
  @Nullable Dimension dividedBy(Dimension other) {
    return other.factor == 0 || factor % other.factor != 0
        ? null
        : new Dimension(factor / other.factor, rows - other.rows, length - other.length);
  }

  static Dimension product(List<Dimension> dimensions) {
    return dimensions.stream().reduce(ONE, Dimension::times);
  }
}
