package dev.bertserve.benchmarks.load;

import java.util.List;

/**
 * A straight line through samples.
 *
 * @param mean of the samples
 * @param slope per minute
 * @param slopeError standard error of the slope
 * @param minutes time between the first and the last sample
 */
record Trend(double mean, double slope, double slopeError, double minutes) {

  /** Fits a line to at least three samples that are {@code gapMinutes} apart. */
  static Trend of(List<Double> samples, double gapMinutes) {
    int count = samples.size();
    if (count < 3) {
      throw new IllegalArgumentException("samples: " + count + " (expected: >= 3)");
    }
    double meanX = (count - 1) / 2.0;
    double meanY = samples.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double xx = 0;
    double xy = 0;
    for (int i = 0; i < count; i++) {
      xx += (i - meanX) * (i - meanX);
      xy += (i - meanX) * (samples.get(i) - meanY);
    }
    double slope = xy / xx;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double off = samples.get(i) - meanY - slope * (i - meanX);
      squares += off * off;
    }
    double error = Math.sqrt(squares / (count - 2) / xx);
    return new Trend(meanY, slope / gapMinutes, error / gapMinutes, (count - 1) * gapMinutes);
  }

  /** Rise of the line from the first sample to the last, as a share of the mean. */
  double rise() {
    return slope * minutes / mean;
  }
}
