package dev.bertserve.server;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a model lies and what to call it.
 *
 * @param folder a SavedModel directory
 * @param label for people
 */
record ModelLocation(Path folder, String label) {

  private static final String BUILT_IN = "sentiment";
  private static final String HOME_PROPERTY = "bertserve.home";

  /** Takes what a user wrote; empty for the built-in model. */
  static ModelLocation of(String model) {
    if (model.isEmpty()) {
      String home = System.getProperty(HOME_PROPERTY, "server/target/bertserve");
      return new ModelLocation(Path.of(home, "model", BUILT_IN), BUILT_IN + " (built in)");
    }
    if (model.startsWith("gs://")) {
      throw new IllegalArgumentException(
          "model: " + model + " (expected: a local directory; copy the model first)");
    }
    Path folder = Path.of(model);
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("model: " + model + " (expected: a SavedModel directory)");
    }
    return new ModelLocation(folder, model);
  }
}
