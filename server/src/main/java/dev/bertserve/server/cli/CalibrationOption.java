package dev.bertserve.server.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flag for the texts that int8 is calibrated on. */
final class CalibrationOption {

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = {
        "Texts, one a line, that show which values int8 must hold; some hundred of those that are"
            + " served are best, and at most 512 are read.",
        "Without it, the ranges of the prepared model, or else of a hundred built-in texts."
      })
  private Optional<Path> file = Optional.empty();

  /** Returns the file, which can be read. */
  Optional<Path> file() {
    file.filter(path -> Files.isDirectory(path) || !Files.isReadable(path))
        .ifPresent(
            path -> {
              throw new IllegalArgumentException(
                  "calibration: " + path + " (expected: a file that can be read)");
            });
    return file;
  }
}
