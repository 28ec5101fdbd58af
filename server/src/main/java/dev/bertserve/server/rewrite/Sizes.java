package dev.bertserve.server.rewrite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Relates shapes to each other. A number that is the length of all rows is taken for the length.
 */
final class Sizes {

  private final Dimension fixedLength;

  /** {@code fixedLength} is the length of all rows; 0 if they have several. */
  Sizes(int fixedLength) {
    this.fixedLength = fixedLength == 0 ? Dimension.LENGTH : Dimension.of(fixedLength);
  }

  /** Whether {@code size} is the length, by that name or as the number of all rows. */
  boolean isLength(Dimension size) {
    return size.equals(Dimension.LENGTH) || size.equals(fixedLength);
  }

  /** The shape that a tensor of {@code from} has as {@code to}; null if it does not fit. */
  @Nullable List<Dimension> reshaped(List<Dimension> from, List<Dimension> to) {
    List<Dimension> shape = closed(from, to);
    return shape == null ? closed(from, aligned(from, to)) : shape;
  }

  /** {@code to} with the size that -1 stands for; null if it does not hold all of {@code from}. */
  private static @Nullable List<Dimension> closed(List<Dimension> from, List<Dimension> to) {
    List<Dimension> shape = new ArrayList<>(to);
    int open = to.indexOf(Dimension.of(-1));
    if (open >= 0) {
      shape.set(open, Dimension.ONE);
      Dimension rest = Dimension.product(from).dividedBy(Dimension.product(shape));
      if (rest == null) {
        return null;
      }
      shape.set(open, rest);
    }
    return Dimension.product(shape).equals(Dimension.product(from)) ? shape : null;
  }

  /** {@code to}, where a number that stands for the length of all rows is the length. */
  private List<Dimension> aligned(List<Dimension> from, List<Dimension> to) {
    List<Dimension> shape = new ArrayList<>(to);
    int source = 0;
    for (int i = 0; i < to.size() && source < from.size(); i++) {
      while (from.get(source).is(1) && source < from.size() - 1) {
        source++;
      }
      Dimension size = from.get(source);
      if (size.equals(Dimension.LENGTH) && to.get(i).equals(fixedLength)) {
        shape.set(i, size);
      }
      if (!to.get(i).is(1)) {
        source++;
      }
    }
    return shape;
  }

  /** The shape of a sum of two tensors; null if they do not fit. */
  @Nullable List<Dimension> broadcast(List<Dimension> first, List<Dimension> second) {
    int rank = Math.max(first.size(), second.size());
    List<Dimension> shape = new ArrayList<>(Collections.nCopies(rank, Dimension.ONE));
    for (List<Dimension> operand : List.of(first, second)) {
      for (int i = 1; i <= operand.size(); i++) {
        Dimension size = operand.get(operand.size() - i);
        Dimension earlier = shape.get(rank - i);
        Dimension common = earlier.is(1) ? size : size.is(1) ? earlier : common(earlier, size);
        if (common == null) {
          return null;
        }
        shape.set(rank - i, common);
      }
    }
    return shape;
  }

  private @Nullable Dimension common(Dimension first, Dimension second) {
    if (first.equals(second) || (first.equals(Dimension.LENGTH) && second.equals(fixedLength))) {
      return first;
    }
    return second.equals(Dimension.LENGTH) && first.equals(fixedLength) ? second : null;
  }
}
