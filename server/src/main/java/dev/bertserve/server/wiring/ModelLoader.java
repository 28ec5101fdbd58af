package dev.bertserve.server.wiring;

import dev.bertserve.server.prepared.CacheFolder;
import dev.bertserve.server.prepared.Downloads;
import dev.bertserve.server.prepared.PreparedCache;
import dev.bertserve.server.savedmodel.ModelLayout;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.TextEncoding;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.OriginalModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads models according to the settings. */
interface ModelLoader {

  Logger LOG = LoggerFactory.getLogger(ModelLoader.class);

  LoadedServable load(ModelLocation location) throws IOException;

  /**
   * Loads the exported graph if there are op libraries, otherwise the rewritten encoder; a model in
   * a bucket by way of {@code downloads}.
   */
  static ModelLoader of(ServerSettings settings, Downloads downloads) {
    EngineSettings engine = settings.engine();
    PreparedCache cache =
        new PreparedCache(
            cacheFolder(settings.modelCache()),
            settings.modelCacheBytes(),
            System::currentTimeMillis);
    if (!settings.opLibraries().isEmpty()) {
      ModelLoader original = uncached(engine, settings.opLibraries());
      return either(original, downloads, remote -> original.load(remote.download()));
    }
    return either(
        location -> loaded(LoadedModel.load(location, engine, cache)),
        downloads,
        remote -> loaded(LoadedModel.load(remote, engine, cache)));
  }

  /** Loads a model in a bucket. */
  interface RemoteLoader {
    LoadedServable load(RemoteModel remote) throws IOException;
  }

  private static ModelLoader either(
      ModelLoader local, Downloads downloads, RemoteLoader remoteLoader) {
    return location -> {
      if (location.bucket().isEmpty()) {
        return local.load(location);
      }
      RemoteModel remote =
          RemoteModel.list(
              location, location.bucket().get(), downloads, System.getenv(), LOG::info);
      try {
        LoadedServable model = remoteLoader.load(remote);
        return new LoadedServable(
            model.servable(),
            pace -> {
              try (remote) {
                model.cacheWrite().accept(pace);
              }
            });
      } catch (IOException | RuntimeException | LinkageError e) {
        remote.close();
        throw e;
      }
    };
  }

  /** Warns of models in {@code folder} beside the one that serves. */
  static void warnOfIgnored(Path folder, String label) throws IOException {
    for (Path ignored : ModelLayout.ignored(folder)) {
      LOG.warn(
          "model {}: {} is ignored (expected: a version's folder is named by a number)",
          label,
          folder.relativize(ignored));
    }
  }

  private static LoadedServable loaded(LoadedModel model) {
    return new LoadedServable(model.servable(), model.writing()::write);
  }

  /** The same without a cache of prepared models. */
  static ModelLoader uncached(EngineSettings engine, List<Path> opLibraries) {
    if (opLibraries.isEmpty()) {
      return location -> loaded(LoadedModel.load(location, engine));
    }
    return location -> {
      OriginalModel original =
          OriginalModel.open(
              location.modelFolder(), location.signature(), opLibraries, engine.threadsPerRun());
      return new LoadedServable(servable(original), pace -> {});
    };
  }

  private static Servable servable(OriginalModel original) {
    return new Servable(
        List.of(NamedSignature.only(original.signatureName(), original.signature())),
        new TextEncoding(),
        original,
        original.maxRunners(),
        "the original graph",
        original.device());
  }

  /** Where prepared models are kept. */
  static CacheFolder cacheFolder(Optional<Path> chosen) {
    return chosen
        .map(CacheFolder::chosen)
        .orElseGet(
            () -> CacheFolder.usual(System.getenv(), Path.of(System.getProperty("user.home"))));
  }
}
