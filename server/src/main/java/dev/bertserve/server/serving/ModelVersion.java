package dev.bertserve.server.serving;

import java.util.OptionalLong;

/**
 * Name and version of a model.
 *
 * @param name as in routes
 * @param number at least 0
 */
public record ModelVersion(String name, long number) {

  public ModelVersion {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("model-name: empty (expected: a name)");
    }
    if (number < 0) {
      throw new IllegalArgumentException("version: " + number + " (expected: >= 0)");
    }
  }

  /** Whether it is {@code version} of the model called {@code name}; empty is any version. */
  boolean matches(String name, OptionalLong version) {
    return this.name.equals(name) && (version.isEmpty() || version.getAsLong() == number);
  }

  @Override
  public String toString() {
    return name + " version " + number;
  }
}
