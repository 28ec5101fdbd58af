package dev.bertserve.server.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The flag of every command that can run a SavedModel's graph as it stands. */
public final class OpLibraryOption {

  /** As in the search paths of the systems that we run on. */
  private static final String SEPARATOR = ":";

  @Option(
      names = "--op-library",
      paramLabel = "PATH",
      split = SEPARATOR,
      description = {
        "A library of TensorFlow Text's ops, or a folder of some; may be repeated, or a list with "
            + SEPARATOR
            + ".",
        "The model's own graph is run with it, as it stands: texts in."
      })
  private List<Path> paths = new ArrayList<>();

  /** None where the flag was not given. */
  public List<Path> paths() {
    return List.copyOf(paths);
  }
}
