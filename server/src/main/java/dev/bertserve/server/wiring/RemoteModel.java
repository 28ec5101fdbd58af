package dev.bertserve.server.wiring;

import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.savedmodel.Downloads;
import dev.bertserve.server.savedmodel.ModelLayout;
import dev.bertserve.server.storage.StorageFolder;
import dev.bertserve.server.storage.StoredFolder;
import dev.bertserve.server.storage.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A model in a bucket. Its folder on this machine first has an empty file for each object, in which
 * the model is found as in any folder; then the model's own files are downloaded. Closing deletes
 * them. One thread at a time.
 */
final class RemoteModel implements AutoCloseable {

  private final ModelLocation location;
  private final StoredFolder bucket;
  private final Downloads downloads;
  private final Path folder;
  private final Consumer<String> lines;
  private final List<StoredObject> objects = new ArrayList<>();

  private RemoteModel(
      ModelLocation location,
      StoredFolder bucket,
      Downloads downloads,
      Path folder,
      Consumer<String> lines)
      throws IOException {
    this.location = location;
    this.bucket = bucket;
    this.downloads = downloads;
    this.folder = folder;
    this.lines = lines;
    bucket.createFiles(folder);
    Set<Path> files = new HashSet<>(modelFiles());
    for (StoredObject object : bucket.objects()) {
      Path file = object.in(folder);
      if (files.contains(file)) {
        objects.add(object);
      } else {
        Files.delete(file);
      }
    }
  }

  /**
   * Finds the model in {@code bucket}, of which it reads the list of objects only.
   *
   * @param lines gets lines for people: how much is downloaded
   */
  static RemoteModel list(
      ModelLocation location,
      StorageFolder bucket,
      Downloads downloads,
      Map<String, String> environment,
      Consumer<String> lines)
      throws IOException {
    StoredFolder listed = StoredFolder.list(bucket, environment);
    Path folder = downloads.open();
    try {
      return new RemoteModel(location, listed, downloads, folder, lines);
    } catch (IOException | RuntimeException e) {
      downloads.delete(folder);
      throw e;
    }
  }

  private List<Path> modelFiles() throws IOException {
    try {
      List<Path> files = ModelLayout.files(ModelLayout.modelFolder(folder));
      ModelLoader.warnOfIgnored(folder, bucket.toString());
      return files;
    } catch (RuntimeException e) {
      String reason = Reason.of(e).replace(folder.toString(), bucket.toString());
      throw new IllegalArgumentException(reason, e);
    }
  }

  ModelLocation location() {
    return location;
  }

  /** Changes as the model's objects do. */
  String identity() {
    StringBuilder identity = new StringBuilder(bucket.toString()).append('\n');
    for (StoredObject object : objects) {
      identity.append(object).append('\n');
    }
    return identity.toString();
  }

  /** Downloads the model; its files stay until {@link #close}. */
  ModelLocation download() throws IOException {
    Downloads.requireSpace(folder, objects.stream().mapToLong(StoredObject::size).sum());
    bucket.download(objects, folder, lines);
    return location.at(folder);
  }

  @Override
  public void close() {
    downloads.delete(folder);
  }
}
