package dev.bertserve.server.wiring;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model by its name.
 *
 * @param name in routes and logs
 * @param path location of the SavedModel; empty for the built-in one
 */
public record NamedModel(String name, String path) {

  public NamedModel {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("model-name: empty (expected: a name)");
    }
  }

  /** Parses {@code NAME=PATH}; a PATH on this machine must exist. */
  public static NamedModel parse(String given) {
    int end = given.indexOf('=');
    if (end < 1 || end == given.length() - 1) {
      throw new IllegalArgumentException("model: " + given + " (expected: NAME=PATH)");
    }
    String path = given.substring(end + 1);
    if (!path.contains("://") && !Files.exists(Path.of(path))) {
      throw new IllegalArgumentException("model: " + given + " (expected: a PATH that exists)");
    }
    return new NamedModel(given.substring(0, end), path);
  }
}
