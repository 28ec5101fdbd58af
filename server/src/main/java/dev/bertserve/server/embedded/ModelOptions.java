package dev.bertserve.server.embedded;

import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How a {@link TextModel} is opened.
 *
 * @param precision number format of the computation: auto, fp32, bf16, fp16 or int8; auto is the
 *     fastest one of this machine that moves no output of a check by more than 0.02
 * @param signature name of the SavedModel's signature; empty for serving_default, else the only one
 */
public record ModelOptions(String precision, Optional<String> signature) {

  /** The precision is chosen for the machine, and the signature is the usual one. */
  public static final ModelOptions DEFAULT = new ModelOptions("auto", Optional.empty());

  /** Throws IllegalArgumentException for an unknown precision. */
  public ModelOptions {
    named(precision);
  }

  /** The same options with another precision. */
  public ModelOptions withPrecision(String another) {
    return new ModelOptions(another, signature);
  }

  /** The same options with another signature. */
  public ModelOptions withSignature(String name) {
    return new ModelOptions(precision, Optional.of(name));
  }

  EngineSettings engine() {
    return EngineSettings.of(named(precision), 1);
  }

  private static Precision named(String label) {
    return Arrays.stream(Precision.values())
        .filter(precision -> precision.label().equals(label.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "precision: " + label + " (expected: auto, fp32, bf16, fp16 or int8)"));
  }
}
