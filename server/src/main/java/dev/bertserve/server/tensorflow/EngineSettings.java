package dev.bertserve.server.tensorflow;

import dev.bertserve.server.graph.UnsupportedModelException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Settings of an engine.
 *
 * @param precision requested precision
 * @param tolerance largest difference of an output from float32 with {@link Precision#AUTO}
 * @param threadsPerRun number of threads per op
 * @param maxBatchTokens largest number of tokens of a batch, including padding; 0 is the default of
 *     the device
 * @param calibration texts, one a line, for the ranges of {@link Precision#INT8}; empty for those
 *     of the prepared model, or else of built-in texts
 */
public record EngineSettings(
    Precision precision,
    double tolerance,
    int threadsPerRun,
    int maxBatchTokens,
    Optional<Path> calibration) {

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
    return new EngineSettings(precision, DEFAULT_TOLERANCE, threadsPerRun, 0, Optional.empty());
  }

  /** The same for a model that was prepared for int8 only; throws if they ask for another. */
  EngineSettings inInt8Only() {
    if (precision != Precision.AUTO && precision != Precision.INT8) {
      throw new UnsupportedModelException(
          "precision: "
              + precision.label()
              + " (expected: int8 or auto, as the model was prepared for int8 only)");
    }
    return new EngineSettings(
        Precision.INT8, tolerance, threadsPerRun, maxBatchTokens, calibration);
  }
}
