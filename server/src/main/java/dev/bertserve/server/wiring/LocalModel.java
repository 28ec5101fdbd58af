package dev.bertserve.server.wiring;

import dev.bertserve.server.prepared.Downloads;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/** A model whose files are on this machine; those that were downloaded are deleted by closing. */
public final class LocalModel implements AutoCloseable {

  private final ModelLocation location;
  private final Optional<Downloads> downloads;

  private LocalModel(ModelLocation location, Optional<Downloads> downloads) {
    this.location = location;
    this.downloads = downloads;
  }

  /**
   * Downloads a model in a bucket. The files of a process that a signal ends are deleted too.
   *
   * @param lines gets lines for people: how much is downloaded
   */
  public static LocalModel of(ModelLocation location, Consumer<String> lines) throws IOException {
    if (location.bucket().isEmpty()) {
      return new LocalModel(location, Optional.empty());
    }
    Downloads downloads = Downloads.untilExit(ModelLoader.cacheFolder(Optional.empty()));
    try {
      RemoteModel remote =
          RemoteModel.list(location, location.bucket().get(), downloads, System.getenv(), lines);
      return new LocalModel(remote.download(), Optional.of(downloads));
    } catch (IOException | RuntimeException e) {
      downloads.close();
      throw e;
    }
  }

  public ModelLocation location() {
    return location;
  }

  @Override
  public void close() {
    downloads.ifPresent(Downloads::close);
  }
}
