package dev.bertserve.server.batching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Shapes in which each row is a sequence of its own; with none, rows are as long as the longest.
 */
final class RowShapes implements BatchShapes {

  /** Upwards. */
  private final int[] lengths;

  /** Of the length at the same place, upwards. */
  private final int[][] rows;

  RowShapes(List<BatchShape> shapes) {
    SortedMap<Integer, SortedSet<Integer>> byLength = new TreeMap<>();
    for (BatchShape shape : shapes) {
      byLength.computeIfAbsent(shape.length(), any -> new TreeSet<>()).add(shape.rows());
    }
    List<int[]> counts = new ArrayList<>();
    byLength.values().forEach(some -> counts.add(upwards(some)));
    lengths = upwards(byLength.keySet());
    rows = counts.toArray(new int[0][]);
  }

  @Override
  public <T extends Batchable> RowSelection<T> selection(BatchPolicy policy, CostModel costs) {
    return new LikeLengths<>(this, policy, costs);
  }

  /** Most rows that run at once, the longest of {@code tokens}. */
  int mostRows(int tokens) {
    if (lengths.length == 0) {
      return Integer.MAX_VALUE;
    }
    int at = atLeast(lengths, tokens);
    return at == lengths.length ? 1 : rows[at][rows[at].length - 1];
  }

  /** Tokens of {@code count} rows, no more than {@link #mostRows}, with their padding. */
  int padded(int count, int longest) {
    int at = atLeast(lengths, longest);
    return at == lengths.length
        ? count * longest
        : rows[at][atLeast(rows[at], count)] * lengths[at];
  }

  @Override
  public int padded(int count, int tokens, int longest) {
    return padded(count, longest);
  }

  @Override
  public int mostTokens(int otherwise) {
    int most = 0;
    for (int i = 0; i < lengths.length; i++) {
      most = Math.max(most, lengths[i] * rows[i][rows[i].length - 1]);
    }
    return most == 0 ? otherwise : most;
  }

  /** Where the first is that is no less than {@code least}. */
  private static int atLeast(int[] upwards, int least) {
    int found = Arrays.binarySearch(upwards, least);
    return found < 0 ? -found - 1 : found;
  }

  private static int[] upwards(Iterable<Integer> values) {
    List<Integer> all = new ArrayList<>();
    values.forEach(all::add);
    return all.stream().mapToInt(Integer::intValue).toArray();
  }
}
