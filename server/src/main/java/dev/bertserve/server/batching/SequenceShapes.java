package dev.bertserve.server.batching;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Shapes whose sequences hold several rows, one behind the other. */
final class SequenceShapes implements BatchShapes {

  private final BatchShape[] smallestFirst;

  SequenceShapes(List<BatchShape> shapes) {
    smallestFirst =
        shapes.stream()
            .sorted(
                Comparator.comparingInt(BatchShape::tokens).thenComparingInt(BatchShape::rowsOfOne))
            .toArray(BatchShape[]::new);
  }

  @Override
  public <T extends Batchable> RowSelection<T> selection(BatchPolicy policy, CostModel costs) {
    return new FullSequences<>(this, policy, costs);
  }

  /** Those of up to {@code most} tokens. */
  SequenceShapes upTo(int most) {
    return new SequenceShapes(
        Arrays.stream(smallestFirst).filter(shape -> shape.tokens() <= most).toList());
  }

  /**
   * Of each length the one of most sequences and rows, where that is more than half of the largest.
   */
  List<BatchShape> largest() {
    int most =
        Arrays.stream(smallestFirst)
            .filter(shape -> shape.rowsOfOne() > 1)
            .mapToInt(BatchShape::tokens)
            .max()
            .orElse(0);
    Map<Integer, BatchShape> byLength = new TreeMap<>();
    for (BatchShape shape : smallestFirst) {
      if (2 * shape.tokens() > most) {
        byLength.put(shape.length(), shape);
      }
    }
    return List.copyOf(byLength.values());
  }

  /** Tokens of the shape that has {@code sequences} of {@code length}, or the next more. */
  int tokens(int sequences, int length) {
    for (BatchShape shape : smallestFirst) {
      if (shape.length() == length && shape.sequences() >= sequences) {
        return shape.tokens();
      }
    }
    return sequences * length;
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
    return smallestFirst.length == 0 ? otherwise : smallestFirst[smallestFirst.length - 1].tokens();
  }
}
