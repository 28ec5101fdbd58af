package dev.bertserve.server.cli;

import dev.bertserve.server.tensorflow.Precision;
import picocli.CommandLine.Option;

/** The flag of commands that run a model in the precision that serve would choose. */
final class PrecisionOption {

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "auto",
      description = "Number format: auto, fp32, bf16, fp16 or int8 (${DEFAULT-VALUE}).")
  private Precision precision = Precision.AUTO;

  Precision precision() {
    return precision;
  }
}
