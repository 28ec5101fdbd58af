package dev.bertserve.server.tensorflow;

/**
 * How a model is run.
 *
 * @param precision asked for
 * @param tolerance most that {@link Precision#AUTO} may move an answer away from float32's
 * @param threadsPerRun threads that work on one op of one tile
 * @param maxBatchTokens tokens of the largest batch, padding included; 0 is as many as suit the
 *     device
 */
public record EngineSettings(
    Precision precision, double tolerance, int threadsPerRun, int maxBatchTokens) {

  public static final double DEFAULT_TOLERANCE = 0.02;

  public EngineSettings {
    if (!(tolerance >= 0)) {
      throw new IllegalArgumentException("precision-tolerance: " + tolerance + " (expected: >= 0)");
    }
    if (threadsPerRun < 1) {
      throw new IllegalArgumentException("threads-per-run: " + threadsPerRun + " (expected: >= 1)");
    }
    if (maxBatchTokens < 0) {
      throw new IllegalArgumentException(
          "max-batch-tokens: " + maxBatchTokens + " (expected: >= 0)");
    }
  }

  /** The defaults, in {@code precision}. */
  public static EngineSettings of(Precision precision, int threadsPerRun) {
    return new EngineSettings(precision, DEFAULT_TOLERANCE, threadsPerRun, 0);
  }
}
