package dev.bertserve.benchmarks.load;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Outputs for texts, recorded when the server had no other load. */
final class Answers implements LoadRun.Check {

  /** A text without a recorded output is never right. */
  private static final double[] UNKNOWN = {Double.NaN};

  private final Map<String, double[]> known = new HashMap<>();
  private final double tolerance;

  Answers(List<String> texts, List<double[]> answers, double tolerance) {
    for (int i = 0; i < texts.size(); i++) {
      known.put(texts.get(i), answers.get(i));
    }
    this.tolerance = tolerance;
  }

  @Override
  public boolean isRight(List<String> texts, String body) {
    double[] numbers = Json.numbers(body);
    int next = 0;
    for (String text : texts) {
      for (double expected : known.getOrDefault(text, UNKNOWN)) {
        if (next >= numbers.length || !(Math.abs(numbers[next++] - expected) <= tolerance)) {
          return false;
        }
      }
    }
    return next == numbers.length;
  }
}
