package dev.bertserve.server.wiring;

import dev.bertserve.server.bulk.RowFiles;
import dev.bertserve.server.prepared.Downloads;
import dev.bertserve.server.storage.StorageFolder;
import dev.bertserve.server.storage.StoredFolder;
import dev.bertserve.server.storage.StoredObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Files of rows on this machine or in a bucket, in the order of their names. One thread. */
public final class InputFiles {

  private static final String STANDARD_INPUT = "-";
  private static final Pattern WILDCARD = Pattern.compile("[*?\\[{]");

  private InputFiles() {}

  /**
   * Finds the files that {@code pattern} names.
   *
   * @param pattern a file, gs://bucket/object, either with wildcards in its last name, or - for
   *     standard input
   * @param lines gets lines for people: how much is downloaded
   */
  public static RowFiles of(String pattern, Map<String, String> environment, Consumer<String> lines)
      throws IOException {
    if (StorageFolder.is(pattern)) {
      return stored(pattern, environment, lines);
    }
    if (pattern.equals(STANDARD_INPUT)) {
      return new Local(List.of(pattern));
    }
    Path path = Path.of(pattern);
    if (Files.exists(path) && !Files.isDirectory(path)) {
      return new Local(List.of(pattern));
    }
    if (!WILDCARD.matcher(pattern).find()) {
      throw new IllegalArgumentException(
          "file: " + pattern + " (expected: a file that can be read, or -)");
    }
    List<String> names = new ArrayList<>();
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null && Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(folder, String.valueOf(path.getFileName()))) {
        for (Path file : files) {
          names.add(path.resolveSibling(file.getFileName()).toString());
        }
      }
    }
    requireSome(pattern, names);
    Collections.sort(names);
    return new Local(names);
  }

  private static RowFiles stored(
      String pattern, Map<String, String> environment, Consumer<String> lines) throws IOException {
    int slash = pattern.lastIndexOf('/');
    String parent = pattern.substring(0, slash);
    String name = pattern.substring(slash + 1);
    if (!StorageFolder.is(parent) || name.isEmpty()) {
      throw new IllegalArgumentException("file: " + pattern + " (expected: gs://bucket/file)");
    }
    StoredFolder folder = StoredFolder.list(StorageFolder.parse(parent), environment);
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
    List<StoredObject> objects =
        folder.objects().stream()
            .filter(object -> object.path().equals(name) || matcher.matches(Path.of(object.path())))
            .sorted(Comparator.comparing(StoredObject::path))
            .toList();
    requireSome(pattern, objects);
    Downloads downloads = Downloads.untilExit(ModelLoader.cacheFolder(Optional.empty()));
    return new Stored(folder, objects, downloads, lines);
  }

  private static void requireSome(String pattern, List<?> files) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("file: " + pattern + ": none (expected: at least one)");
    }
  }

  private record Local(List<String> names) implements RowFiles {

    @Override
    public @Nullable Path local(int index) {
      String name = names.get(index);
      return name.equals(STANDARD_INPUT) ? null : Path.of(name);
    }

    @Override
    public void close() {}
  }

  /** Objects of a bucket; one at a time is on this machine. */
  private static final class Stored implements RowFiles {

    private final StoredFolder folder;
    private final List<StoredObject> objects;
    private final Downloads downloads;
    private final Consumer<String> lines;
    private @Nullable Path downloaded;

    Stored(
        StoredFolder folder,
        List<StoredObject> objects,
        Downloads downloads,
        Consumer<String> lines) {
      this.folder = folder;
      this.objects = objects;
      this.downloads = downloads;
      this.lines = lines;
    }

    @Override
    public List<String> names() {
      return objects.stream().map(object -> folder + "/" + object.path()).toList();
    }

    @Override
    public Path local(int index) throws IOException {
      if (downloaded != null) {
        downloads.delete(downloaded);
      }
      Path target = downloads.open();
      downloaded = target;
      StoredObject object = objects.get(index);
      Downloads.requireSpace(target, object.size());
      Path file = Files.createFile(object.in(target));
      folder.download(List.of(object), target, lines);
      return file;
    }

    @Override
    public void close() {
      downloads.close();
    }
  }
}
