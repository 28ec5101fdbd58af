package dev.bertserve.server.versions;

import dev.bertserve.server.prepared.SourceDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * A folder on this machine.
 *
 * @param given as the user gave it
 * @param versions the folder of its numbered versions; empty if it has none
 */
record LocalFolder(Path given, Optional<Path> versions) implements ModelFolder {

  @Override
  public NavigableMap<Long, Path> list() throws IOException {
    return ModelFolder.list(given, versions);
  }

  @Override
  public String stamp(Path version) throws IOException {
    return isVersioned() ? SourceDigest.stampOfAll(version) : "";
  }

  @Override
  public boolean isVersioned() {
    return versions.isPresent();
  }

  @Override
  public Duration pause() {
    return Duration.ofSeconds(1);
  }

  @Override
  public String toString() {
    return given.toString();
  }
}
