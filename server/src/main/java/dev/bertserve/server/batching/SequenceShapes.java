package dev.bertserve.server.batching;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Shapes whose sequences hold several rows, one behind the other. */
final class SequenceShapes implements BatchShapes {

  private final BatchShape[] smallestFirst;

  SequenceShapes(List<BatchShape> shapes) {
    smallestFirst =
        shapes.stream()
            .sorted(Comparator.comparingInt(BatchShape::tokens))
            .toArray(BatchShape[]::new);
  }

  /** Those of up to {@code most} tokens. */
  SequenceShapes upTo(int most) {
    return new SequenceShapes(
        Arrays.stream(smallestFirst).filter(shape -> shape.tokens() <= most).toList());
  }

  /** The largest for rows of up to {@code longest}; a longer one is a shape of its own. */
  BatchShape largest(int longest) {
    BatchShape largest = null;
    for (BatchShape shape : smallestFirst) {
      if (shape.length() >= longest && (largest == null || isLarger(shape, largest))) {
        largest = shape;
      }
    }
    return largest == null ? new BatchShape(1, longest, 1) : largest;
  }

  /** Of two that hold as much, the one with the shorter sequences counts as larger. */
  private static boolean isLarger(BatchShape shape, BatchShape other) {
    return shape.tokens() > other.tokens()
        || (shape.tokens() == other.tokens() && shape.length() < other.length());
  }

  /** Of the smallest shape that holds as much, if the rows can be spread well. */
  @Override
  public int padded(int rows, int tokens, int longest) {
    for (BatchShape shape : smallestFirst) {
      if (shape.tokens() >= tokens && shape.length() >= longest && shape.rows() >= rows) {
        return shape.tokens();
      }
    }
    return tokens;
  }

  @Override
  public int mostTokens(int otherwise) {
    return smallestFirst[smallestFirst.length - 1].tokens();
  }
}
