package dev.bertserve.server.wiring;

import dev.bertserve.server.prepared.Downloads;
import dev.bertserve.server.savedmodel.ModelLayout;
import dev.bertserve.server.storage.StorageFolder;
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
 * A model in a bucket. It is found among empty files, as in any folder; then its own files are
 * downloaded. Closing deletes them. One thread at a time.
 */
final class RemoteModel implements AutoCloseable {

  private final ModelLocation location;
  private final RemoteFiles files;
  private final Consumer<String> lines;
  private final List<StoredObject> objects = new ArrayList<>();

  private RemoteModel(ModelLocation location, RemoteFiles files, Consumer<String> lines)
      throws IOException {
    this.location = location;
    this.files = files;
    this.lines = lines;
    Set<Path> needed = new HashSet<>(files.find(this::modelFiles));
    for (StoredObject object : files.listed().objects()) {
      Path file = object.in(files.folder());
      if (needed.contains(file)) {
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
    RemoteFiles files = RemoteFiles.list(bucket, downloads, environment);
    try {
      return new RemoteModel(location, files, lines);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private List<Path> modelFiles(Path folder) throws IOException {
    Path given = folder.resolve(location.folder());
    List<Path> model = ModelLayout.files(ModelLayout.modelFolder(given));
    ModelLoader.warnOfIgnored(given, files.listed().toString());
    return model;
  }

  ModelLocation location() {
    return location;
  }

  /** Changes as the model's objects do. */
  String identity() {
    StringBuilder identity = new StringBuilder(files.listed().toString()).append('\n');
    for (StoredObject object : objects) {
      identity.append(object).append('\n');
    }
    return identity.toString();
  }

  /** Downloads the model; its files stay until {@link #close}. */
  ModelLocation download() throws IOException {
    Path folder = files.folder();
    Downloads.requireSpace(folder, objects.stream().mapToLong(StoredObject::size).sum());
    files.listed().download(objects, folder, lines);
    return location.downloaded(folder);
  }

  @Override
  public void close() {
    files.close();
  }
}
