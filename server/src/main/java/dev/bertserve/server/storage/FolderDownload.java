package dev.bertserve.server.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Objects of a folder on their way into files, in parts, several at the same time. */
final class FolderDownload {

  private static final long TICK_MILLIS = 500;

  private final StorageFolder folder;
  private final ObjectReader reader;
  private final StorageSettings settings;
  private final Timing timing;
  private final Progress progress;

  FolderDownload(
      StorageFolder folder,
      ObjectReader reader,
      StorageSettings settings,
      Timing timing,
      Progress progress) {
    this.folder = folder;
    this.reader = reader;
    this.settings = settings;
    this.timing = timing;
    this.progress = progress;
  }

  /** Fills the files of {@code objects} in {@code target}, or fails as the first of them does. */
  void run(Collection<StoredObject> objects, Path target) throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(settings.connections(), FolderDownload::thread);
    CompletionService<Void> parts = new ExecutorCompletionService<>(threads);
    try {
      int left = 0;
      // Large ones first, so that no connection is idle at the end.
      for (StoredObject object : largestFirst(objects)) {
        ObjectDownload download =
            new ObjectDownload(
                object, folder.uri(object.path()), object.in(target), settings.partBytes());
        for (int part = 0; part < download.parts(); part++) {
          int number = part;
          parts.submit(
              () -> {
                download.run(number, this::part);
                return null;
              });
          left++;
        }
      }
      while (left > 0) {
        Future<Void> done = parts.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
        progress.tick(timing.nanoClock().getAsLong());
        if (done != null) {
          done.get();
          left--;
        }
      }
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<StoredObject> largestFirst(Collection<StoredObject> objects) {
    return objects.stream()
        .sorted(Comparator.comparingLong(StoredObject::size).reversed())
        .toList();
  }

  private PartDownload part() {
    return new PartDownload(reader, new Attempts(settings, timing), progress::add);
  }

  private static IOException failure(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof IOException failure) {
      return failure;
    }
    return new IOException(String.valueOf(cause), cause);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "download");
    thread.setDaemon(true);
    return thread;
  }
}
