package dev.bertserve.server.prepared;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders for models that come from elsewhere, until they are prepared. Each is locked by its
 * process while it is in use; what processes that were killed have left is deleted when the next
 * folder is made. Any thread.
 */
public final class Downloads implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);

  /** Tells our own folders, whose locks must not be tried: closing a file ends all locks on it. */
  private static final String PROCESS = UUID.randomUUID().toString();

  /** Among the threads of this process; the lock of a file does not tell them apart. */
  private static final Object MAKING = new Object();

  private static final String LOCK = "lock";
  private static final String MODEL = "model";

  private final List<CacheFolder> places;

  @GuardedBy("this")
  private final Map<Path, FileChannel> open = new HashMap<>();

  @GuardedBy("this")
  private boolean closed;

  /** Deletes the folders when a signal ends the process; null if the owner does. */
  @GuardedBy("this")
  private @Nullable Thread onExit;

  /** Takes the first of {@code places} that this user alone can write to. */
  Downloads(List<CacheFolder> places) {
    this.places = List.copyOf(places);
  }

  /** Beside the prepared models in {@code cache}, or else among the machine's temporary files. */
  public static Downloads beside(CacheFolder cache) {
    List<CacheFolder> places = new ArrayList<>();
    // The home of a user whom the machine does not know is a question mark.
    if (cache.chosen() || cache.path().isAbsolute()) {
      places.add(CacheFolder.chosen(cache.path().resolve("downloads")));
    }
    places.add(CacheFolder.temporary());
    return new Downloads(places);
  }

  /** The same; a process that a signal ends deletes its folders too. */
  public static Downloads untilExit(CacheFolder cache) {
    Downloads downloads = beside(cache);
    downloads.closeOnExit();
    return downloads;
  }

  private synchronized void closeOnExit() {
    onExit = new Thread(this::close, "delete-download");
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /** An empty folder; {@link #delete} takes it back. */
  public Path open() throws IOException {
    List<String> reasons = new ArrayList<>();
    for (CacheFolder place : places) {
      try {
        place.create();
        Optional<String> fault = place.untrusted();
        if (fault.isEmpty()) {
          return open(place.path());
        }
        reasons.add(fault.get());
      } catch (IOException e) {
        reasons.add(e.toString());
      }
    }
    throw new IOException(
        "download: no place: "
            + String.join("; ", reasons)
            + " (expected: a folder that this user alone can write to, such as --model-cache)");
  }

  private Path open(Path place) throws IOException {
    synchronized (MAKING) {
      try (FileChannel making = channel(place.resolve(LOCK))) {
        making.lock();
        deleteAbandoned(place);
        Path own = Files.createTempDirectory(place, PROCESS + "-");
        FileChannel lock = channel(own.resolve(LOCK));
        lock.lock();
        Path model = Files.createDirectory(own.resolve(MODEL));
        add(model, lock);
        return model;
      }
    }
  }

  private synchronized void add(Path model, FileChannel lock) {
    open.put(model, lock);
    if (closed) {
      delete(model);
      throw new IllegalStateException("download: stopped");
    }
  }

  private static void deleteAbandoned(Path place) throws IOException {
    List<Path> others;
    try (Stream<Path> children = Files.list(place)) {
      others =
          children
              .filter(Files::isDirectory)
              .filter(child -> !String.valueOf(child.getFileName()).startsWith(PROCESS))
              .toList();
    }
    for (Path other : others) {
      try (FileChannel lock = channel(other.resolve(LOCK));
          FileLock held = lock.tryLock()) {
        if (held != null) {
          PreparedFolder.delete(other);
          LOG.info("download: deleted {}, which a killed process had left", other);
        }
      } catch (IOException e) {
        LOG.warn("download: {} stays: {}", other, e.toString());
      }
    }
  }

  private static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Fails in one line if {@code bytes} more do not fit where {@code folder} lies. */
  public static void requireSpace(Path folder, long bytes) throws IOException {
    requireSpace(folder, bytes, Files.getFileStore(folder).getUsableSpace());
  }

  static void requireSpace(Path folder, long bytes, long free) throws IOException {
    if (bytes > free) {
      throw new IOException(
          "download: "
              + bytes
              + " bytes to "
              + folder
              + " (expected: at most "
              + free
              + ", which are free)");
    }
  }

  /** Deletes a folder that {@link #open} returned, unless it is deleted already. */
  public synchronized void delete(Path model) {
    FileChannel lock = open.remove(model);
    if (lock == null) {
      return;
    }
    try (lock) {
      PreparedFolder.delete(model.resolveSibling(""));
    } catch (IOException e) {
      LOG.warn("download: {} stays: {}", model, e.toString());
    }
  }

  /** Deletes all folders, those in use too; no more are made. */
  @Override
  public synchronized void close() {
    closed = true;
    List.copyOf(open.keySet()).forEach(this::delete);
    if (onExit != null) {
      removeHook(onExit);
      onExit = null;
    }
  }

  /** The hook goes too, so that a program which opens many models does not collect them. */
  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is exiting, and runs it.
    }
  }
}
