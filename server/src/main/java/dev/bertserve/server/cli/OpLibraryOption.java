package dev.bertserve.server.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The flag of every command that can run a SavedModel's original graph. */
public final class OpLibraryOption {

  /** As in search paths on Linux and macOS. */
  private static final String SEPARATOR = ":";

  @Option(
      names = "--op-library",
      paramLabel = "PATH",
      split = SEPARATOR,
      description = {
        "A library of TensorFlow Text's ops, or a folder of libraries; repeatable, or a list separated by "
            + SEPARATOR
            + ".",
        "Runs the model's original graph with these ops, unchanged."
      })
  private List<Path> paths = new ArrayList<>();

  /** Empty if the flag was not given. */
  public List<Path> paths() {
    return List.copyOf(paths);
  }
}
