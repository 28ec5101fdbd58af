package dev.bertserve.server.prepared;

import dev.bertserve.server.serving.Column;
import dev.bertserve.tokenizer.TokenIds;
import java.util.List;

/**
 * Outputs of the graph as it was exported, in float32, for a few rows: what any other form of it is
 * held to.
 *
 * @param rows that were run, none if nobody ran it yet
 * @param answers for each output that is computed one column
 */
public record Reference(List<TokenIds> rows, List<Column> answers) {

  /** For a model whose exported graph did not run yet. */
  public static final Reference NONE = new Reference(List.of(), List.of());

  public Reference {
    rows = List.copyOf(rows);
    answers = List.copyOf(answers);
  }

  /** How far {@code others} are from these answers; texts count for the largest move only. */
  public Move move(List<Column> others) {
    double sum = 0;
    long values = 0;
    boolean[] flipped = new boolean[rows.size()];
    for (int i = 0; i < answers.size(); i++) {
      Column expected = answers.get(i);
      if (expected instanceof Column.Texts) {
        continue;
      }
      for (int k = 0; k < expected.size(); k++) {
        sum += difference(expected, others.get(i), k);
        values++;
      }
      Decisions decisions = Decisions.of(expected, rows.size());
      for (int row = 0; row < flipped.length; row++) {
        flipped[row] |= decisions.in(expected, row) != decisions.in(others.get(i), row);
      }
    }
    int flips = 0;
    for (boolean flip : flipped) {
      flips += flip ? 1 : 0;
    }
    return new Move(rows.size(), largestMove(others), sum / Math.max(1, values), flips);
  }

  /**
   * What the values of a row decide: the index of the largest one; of a single value, whether it is
   * above the threshold.
   */
  private record Decisions(int rowSize, double threshold) {

    /** A single value is a probability if all are, and otherwise a logit. */
    static Decisions of(Column column, int rows) {
      double threshold = 0.5;
      for (int i = 0; i < column.size(); i++) {
        if (!(column.number(i) >= 0 && column.number(i) <= 1)) {
          threshold = 0;
        }
      }
      return new Decisions(column.size() / Math.max(1, rows), threshold);
    }

    int in(Column column, int row) {
      if (rowSize == 1) {
        return column.number(row) > threshold ? 1 : 0;
      }
      int largest = 0;
      for (int i = 1; i < rowSize; i++) {
        if (column.number(row * rowSize + i) > column.number(row * rowSize + largest)) {
          largest = i;
        }
      }
      return largest;
    }
  }

  /**
   * The largest difference of {@code others}' values; infinite where texts differ, NaN where a
   * value is a number on one side only.
   */
  public double largestMove(List<Column> others) {
    return largest(others, Float.POSITIVE_INFINITY);
  }

  /** The same, where a value beyond 1 counts by its share of itself. */
  public double largestRelativeMove(List<Column> others) {
    return largest(others, 1);
  }

  /** Differences of values beyond {@code unit} count in units of the value. */
  private double largest(List<Column> others, float unit) {
    double largest = 0;
    for (int i = 0; i < answers.size(); i++) {
      Column expected = answers.get(i);
      for (int k = 0; k < expected.size(); k++) {
        double difference = difference(expected, others.get(i), k);
        if (expected.magnitude(k) > unit) {
          difference /= expected.magnitude(k);
        }
        if (!(difference <= largest)) {
          largest = difference;
        }
        if (Double.isNaN(largest)) {
          return largest;
        }
      }
    }
    return largest;
  }

  /** Values that are not finite are never returned, so any two of them are equal. */
  private static double difference(Column expected, Column found, int index) {
    return isFinite(expected, index) || isFinite(found, index)
        ? expected.difference(index, found)
        : 0;
  }

  private static boolean isFinite(Column column, int index) {
    return Double.isFinite(column.firstNotFinite(index, index + 1));
  }
}
