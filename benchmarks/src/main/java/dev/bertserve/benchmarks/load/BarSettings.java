package dev.bertserve.benchmarks.load;

import dev.bertserve.server.tensorflow.Precision;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Settings of a bar.
 *
 * @param distribution folder of the built server
 * @param model SavedModel with one text input
 * @param texts file with a text on each line
 * @param rows number of texts used, from the start of the file
 * @param precision FP32 or BF16
 * @param seconds duration of the load
 * @param results name of the result files, without the extension
 */
record BarSettings(
    Path distribution,
    Path model,
    Path texts,
    int rows,
    Precision precision,
    int seconds,
    Path results) {

  static final String USAGE =
      "usage: throughput|mixed|overload|swap|stop|soak|predict|beam|workers|memory|opens"
          + " MODEL TEXTS ROWS fp32|bf16 SECONDS RESULTS";

  private static final double FP32_TOLERANCE = 1e-5;
  private static final double BF16_TOLERANCE = 0.05;

  /** Parses the arguments after the name of the bar. */
  static BarSettings parse(String[] args) {
    if (args.length != 7) {
      throw new IllegalArgumentException(USAGE);
    }
    return new BarSettings(
        Path.of(System.getProperty("distribution", "server/target/bertserve")),
        Path.of(args[1]),
        Path.of(args[2]),
        Integer.parseInt(args[3]),
        Precision.valueOf(args[4].toUpperCase(Locale.ROOT)),
        Integer.parseInt(args[5]),
        Path.of(args[6]));
  }

  /** The same with another model. */
  BarSettings withModel(Path other) {
    return new BarSettings(distribution, other, texts, rows, precision, seconds, results);
  }

  /** Largest difference from the outputs of an idle server. */
  double tolerance() {
    return precision == Precision.FP32 ? FP32_TOLERANCE : BF16_TOLERANCE;
  }
}
