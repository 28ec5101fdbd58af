package dev.bertserve.server.versions;

import dev.bertserve.server.savedmodel.ModelLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The folder of a model, in which versions come and go. One thread at a time. */
public interface ModelFolder {

  /** A folder on this machine. */
  static ModelFolder of(Path given) throws IOException {
    return new LocalFolder(given, ModelLayout.versionsFolder(given));
  }

  /**
   * The folders of the versions that are there; a model without numbered folders is version 1.
   *
   * @param versions the folder of the numbered folders; empty if there are none
   */
  static NavigableMap<Long, Path> list(Path given, Optional<Path> versions) throws IOException {
    if (versions.isPresent()) {
      return ModelLayout.versions(versions.get());
    }
    NavigableMap<Long, Path> only = new TreeMap<>();
    only.put(1L, given);
    return only;
  }

  /** The folders of the versions that are there now. */
  NavigableMap<Long, Path> list() throws IOException;

  /** Changes as the files of {@code version} do, a folder of the last {@link #list}. */
  String stamp(Path version) throws IOException;

  /** Whether versions may come and go; known once {@link #list} has returned. */
  boolean isVersioned();

  /** Time between two looks for new versions, unless the user sets another. */
  Duration pause();

  /** As the user gave it. */
  @Override
  String toString();
}
