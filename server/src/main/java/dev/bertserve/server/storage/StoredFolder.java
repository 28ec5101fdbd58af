package dev.bertserve.server.storage;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A folder in a bucket, as it was when it was listed. */
public final class StoredFolder {

  private final StorageFolder folder;
  private final ObjectReader reader;
  private final StorageSettings settings;
  private final Timing timing;
  private final List<StoredObject> objects;

  StoredFolder(StorageFolder folder, ObjectReader reader, StorageSettings settings, Timing timing)
      throws IOException {
    this.folder = folder;
    this.reader = reader;
    this.settings = settings;
    this.timing = timing;
    this.objects = list(reader, new Attempts(settings, timing));
  }

  /**
   * Lists {@code folder}, with the credentials that this machine or {@code environment} has. Fails
   * in one line if it cannot, or if there is nothing.
   */
  public static StoredFolder list(StorageFolder folder, Map<String, String> environment)
      throws IOException {
    StorageSettings settings = StorageSettings.usual();
    return new StoredFolder(
        folder, ObjectReader.of(folder, environment, settings), settings, Timing.real());
  }

  private static List<StoredObject> list(ObjectReader reader, Attempts attempts)
      throws IOException {
    while (true) {
      try {
        return List.copyOf(reader.list());
      } catch (StorageFailure e) {
        attempts.fail(e);
      }
    }
  }

  public List<StoredObject> objects() {
    return objects;
  }

  /** Creates an empty file for each object, where {@link #download} would write it. */
  public void createFiles(Path target) throws IOException {
    for (StoredObject object : objects) {
      Path file = object.in(target);
      try {
        Files.createDirectories(file.getParent());
        Files.createFile(file);
      } catch (FileAlreadyExistsException e) {
        throw new IOException(
            folder.uri(object.path()) + ": an object and a folder (expected: one of them)", e);
      }
    }
  }

  /**
   * Downloads {@code chosen} of the objects into {@code target}, to files that exist, each checked
   * by its CRC-32C.
   *
   * @param lines gets lines for people: how much has arrived
   */
  public void download(Collection<StoredObject> chosen, Path target, Consumer<String> lines)
      throws IOException {
    long bytes = chosen.stream().mapToLong(StoredObject::size).sum();
    Progress progress =
        new Progress(folder.toString(), bytes, timing.nanoClock().getAsLong(), lines);
    new FolderDownload(folder, reader, settings, timing, progress).run(chosen, target);
    progress.end(timing.nanoClock().getAsLong());
  }

  /** Its URI. */
  @Override
  public String toString() {
    return folder.toString();
  }
}
