package dev.bertserve.server.versions;

import dev.bertserve.server.savedmodel.ModelLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The folder of a model.
 *
 * @param given as the user gave it
 * @param versions the folder of its numbered versions; empty if it has none
 */
public record ModelFolder(Path given, Optional<Path> versions) {

  private static final long ONLY_VERSION = 1;

  /** The versions in {@code given}, if it has any, are found as {@link ModelLayout} finds them. */
  public static ModelFolder of(Path given) throws IOException {
    return new ModelFolder(given, ModelLayout.versionsFolder(given));
  }

  /** A model whose folder is not on this machine, which has one version. */
  public static ModelFolder elsewhere(Path given) {
    return new ModelFolder(given, Optional.empty());
  }

  /** The folders of the versions that are there; a model without versions is version 1. */
  NavigableMap<Long, Path> list() throws IOException {
    if (versions.isPresent()) {
      return ModelLayout.versions(versions.get());
    }
    NavigableMap<Long, Path> only = new TreeMap<>();
    only.put(ONLY_VERSION, given);
    return only;
  }
}
