package dev.bertserve.server.wiring;

import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.ServedModel;
import dev.bertserve.server.serving.ServingSettings;
import dev.bertserve.server.versions.VersionLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Loads and starts the versions of one model.
 *
 * @param location of the model, whatever its version
 * @param failed gets one line when a thread of a version fails or a batch hangs
 */
record ModelStart(
    ModelLocation location,
    ModelLoader loader,
    ServingSettings settings,
    MetricsPage page,
    Consumer<String> failed,
    CacheWriter cacheWriter)
    implements VersionLoader {

  @Override
  public Loaded load(Path folder) throws IOException {
    LoadedServable loaded = loader.load(location.version(folder));
    return new Loaded(
        loaded.servable(),
        () -> {
          // Returns the garbage of loading to the operating system; the heap would keep it for
          // long.
          System.gc();
          cacheWriter.start(loaded.cacheWrite());
        });
  }

  @Override
  public ServedModel start(
      ModelVersion version, Path folder, Servable servable, Optional<ServedModel> before)
      throws IOException {
    ServedModel model =
        ServedModel.start(version, servable, before, settings, page, failed, System::nanoTime);
    if (location.bucket().isEmpty()) {
      WarmUpRequests.replay(location.version(folder), () -> model.lease().orElseThrow());
    }
    return model;
  }
}
