package dev.bertserve.server.wiring;

import dev.bertserve.server.prepared.Downloads;
import dev.bertserve.server.savedmodel.ModelLayout;
import dev.bertserve.server.storage.StorageFolder;
import dev.bertserve.server.storage.StoredObject;
import dev.bertserve.server.versions.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A model's folder in a bucket. Versions are found by the names of objects. */
final class RemoteFolder implements ModelFolder {

  private final StorageFolder bucket;
  private final Downloads downloads;
  private final Map<String, String> environment;

  /** Of the last list; none before the first. */
  private List<StoredObject> objects = List.of();

  private boolean versioned;

  RemoteFolder(StorageFolder bucket, Downloads downloads, Map<String, String> environment) {
    this.bucket = bucket;
    this.downloads = downloads;
    this.environment = environment;
  }

  @Override
  public NavigableMap<Long, Path> list() throws IOException {
    try (RemoteFiles files = RemoteFiles.list(bucket, downloads, environment)) {
      NavigableMap<Long, Path> versions = files.find(this::versions);
      objects = files.listed().objects();
      return versions;
    }
  }

  private NavigableMap<Long, Path> versions(Path folder) throws IOException {
    Optional<Path> numbered = ModelLayout.versionsFolder(folder);
    if (objects.isEmpty()) {
      ModelLoader.warnOfIgnored(folder, bucket.toString());
    }
    versioned = numbered.isPresent();
    NavigableMap<Long, Path> versions = new TreeMap<>();
    ModelFolder.list(folder, numbered)
        .forEach((number, version) -> versions.put(number, folder.relativize(version)));
    return versions;
  }

  @Override
  public String stamp(Path version) {
    return objects.stream()
        .filter(object -> Path.of(object.path()).startsWith(version))
        .map(StoredObject::toString)
        .collect(Collectors.joining("\n"));
  }

  @Override
  public boolean isVersioned() {
    return versioned;
  }

  /** Each look is a list call, which costs money. */
  @Override
  public Duration pause() {
    return Duration.ofMinutes(1);
  }

  @Override
  public String toString() {
    return bucket.toString();
  }
}
