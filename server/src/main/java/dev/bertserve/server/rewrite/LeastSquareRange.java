package dev.bertserve.server.rewrite;

/**
 * The range of an 8-bit number that rounds values with the least square error: often a part of
 * their whole range, since a few values lie far out.
 *
 * @param low value of 0, not above 0
 * @param high value of 255, above 0
 */
record LeastSquareRange(float low, float high) {

  private static final int STEPS = 255;
  private static final float LEAST = 1e-3f;
  private static final int TRIALS = 25;
  private static final double SMALLEST_PART = 0.4;

  /** GELU returns no less than this; a range from there is not worth cutting. */
  private static final float SHALLOW = -0.2f;

  /** Values beyond this number change the result little. */
  private static final int MAX_VALUES = 200_000;

  static LeastSquareRange of(float[] values) {
    float low = -LEAST;
    float high = LEAST;
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    int stride = Math.max(1, values.length / MAX_VALUES);
    LeastSquareRange best = new LeastSquareRange(low, high);
    double least = best.squareError(values, stride, low, high);
    for (int trial = 0; trial < TRIALS; trial++) {
      double part = SMALLEST_PART + (1 - SMALLEST_PART) * trial / TRIALS;
      LeastSquareRange cut =
          new LeastSquareRange(low > SHALLOW ? low : (float) (low * part), (float) (high * part));
      double error = cut.squareError(values, stride, low, high);
      if (error < least) {
        least = error;
        best = cut;
      }
    }
    return best;
  }

  /** Of every {@code stride}th value, and of the lowest and the highest one. */
  private double squareError(float[] values, int stride, float lowest, float highest) {
    double sum = square(lowest) + square(highest);
    for (int i = 0; i < values.length; i += stride) {
      sum += square(values[i]);
    }
    return sum;
  }

  /** Mean square of what rounding changes {@code values} by. */
  double meanSquareError(float[] values) {
    int stride = Math.max(1, values.length / MAX_VALUES);
    double sum = 0;
    int count = 0;
    for (int i = 0; i < values.length; i += stride) {
      sum += square(values[i]);
      count++;
    }
    return sum / Math.max(1, count);
  }

  private double square(float value) {
    double error = rounded(value) - value;
    return error * error;
  }

  /** What is left of {@code value} in this range. */
  float rounded(float value) {
    float step = (high - low) / STEPS;
    float number = Math.round((value - low) / step);
    return Math.max(0, Math.min(STEPS, number)) * step + low;
  }
}
