package dev.bertserve.server.wiring;

import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.prepared.Downloads;
import dev.bertserve.server.storage.StorageFolder;
import dev.bertserve.server.storage.StoredFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A folder in a bucket as a folder on this machine, with an empty file for each object. Closing
 * deletes it. One thread at a time.
 */
final class RemoteFiles implements AutoCloseable {

  private final StoredFolder listed;
  private final Downloads downloads;
  private final Path folder;

  private RemoteFiles(StoredFolder listed, Downloads downloads, Path folder) {
    this.listed = listed;
    this.downloads = downloads;
    this.folder = folder;
  }

  /** Reads the list of objects in {@code bucket}. */
  static RemoteFiles list(
      StorageFolder bucket, Downloads downloads, Map<String, String> environment)
      throws IOException {
    StoredFolder listed = StoredFolder.list(bucket, environment);
    RemoteFiles files = new RemoteFiles(listed, downloads, downloads.open());
    try {
      listed.createFiles(files.folder);
      return files;
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  StoredFolder listed() {
    return listed;
  }

  Path folder() {
    return folder;
  }

  /** Looks for something in a folder. */
  interface Search<T> {
    T in(Path folder) throws IOException;
  }

  /** Searches the folder; failures name the bucket in its place. */
  <T> T find(Search<T> search) throws IOException {
    try {
      return search.in(folder);
    } catch (RuntimeException e) {
      String reason = Reason.of(e).replace(folder.toString(), listed.toString());
      throw new IllegalArgumentException(reason, e);
    }
  }

  @Override
  public void close() {
    downloads.delete(folder);
  }
}
