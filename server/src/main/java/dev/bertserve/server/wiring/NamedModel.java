package dev.bertserve.server.wiring;

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
}
