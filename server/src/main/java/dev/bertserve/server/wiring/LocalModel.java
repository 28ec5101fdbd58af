package dev.bertserve.server.wiring;

import dev.bertserve.server.savedmodel.Downloads;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/** A model whose files are on this machine; those that were downloaded are deleted by closing. */
public final class LocalModel implements AutoCloseable {

  private final ModelLocation location;
  private final Downloads downloads;
  private final Thread onExit;

  private LocalModel(ModelLocation location, Downloads downloads, Thread onExit) {
    this.location = location;
    this.downloads = downloads;
    this.onExit = onExit;
  }

  /**
   * Downloads a model in a bucket. The files of a process that a signal ends are deleted too.
   *
   * @param lines gets lines for people: how much is downloaded
   */
  public static LocalModel of(ModelLocation location, Consumer<String> lines) throws IOException {
    Downloads downloads = Downloads.beside(ModelLoader.cacheFolder(Optional.empty()));
    Thread onExit = new Thread(downloads::close, "delete-download");
    if (location.bucket().isEmpty()) {
      return new LocalModel(location, downloads, onExit);
    }
    Runtime.getRuntime().addShutdownHook(onExit);
    try {
      RemoteModel remote =
          RemoteModel.list(location, location.bucket().get(), downloads, System.getenv(), lines);
      return new LocalModel(remote.download(), downloads, onExit);
    } catch (IOException | RuntimeException e) {
      close(downloads, onExit);
      throw e;
    }
  }

  public ModelLocation location() {
    return location;
  }

  @Override
  public void close() {
    close(downloads, onExit);
  }

  /** The hook goes too, so that a program which opens many models does not collect them. */
  private static void close(Downloads downloads, Thread onExit) {
    downloads.close();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // The JVM is exiting, and runs it.
    }
  }
}
