package dev.bertserve.server.tensorflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.TensorFlow;

/** Shared objects that add ops to TensorFlow, such as TensorFlow Text's. */
public final class OpLibraries {

  private static final String SHARED_OBJECT = ".so";
  private static final String NEEDS_PYTHON = "undefined symbol: Py";

  private OpLibraries() {}

  /**
   * Loads each file, and each shared object in and below each folder, for the whole process. Skips
   * Python modules in folders, which need Python.
   */
  public static void load(List<Path> paths) throws IOException {
    for (Path path : paths) {
      for (Path file : files(path)) {
        try {
          TensorFlow.loadLibrary(file.toAbsolutePath().toString());
        } catch (RuntimeException | UnsatisfiedLinkError e) {
          if (Files.isDirectory(path) && String.valueOf(e.getMessage()).contains(NEEDS_PYTHON)) {
            continue;
          }
          throw new IllegalArgumentException(
              "op-library: "
                  + file
                  + ": "
                  + e.getMessage()
                  + " (expected: a library of ops for TensorFlow "
                  + TensorFlow.version()
                  + ")",
              e);
        }
      }
    }
  }

  private static List<Path> files(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(path)) {
      try (Stream<Path> tree = Files.walk(path)) {
        tree.filter(file -> file.toString().endsWith(SHARED_OBJECT)).sorted().forEach(files::add);
      }
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          "op-library: " + path + " (expected: a shared object, or a folder of shared objects)");
    }
    return files;
  }
}
