package dev.bertserve.server.wiring;

import dev.bertserve.server.savedmodel.CacheFolder;
import dev.bertserve.server.savedmodel.PreparedCache;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.TextEncoding;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.OriginalModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Loads models according to the settings. */
interface ModelLoader {

  LoadedServable load(ModelLocation location) throws IOException;

  /** Loads the exported graph if there are op libraries, otherwise the rewritten encoder. */
  static ModelLoader of(ServerSettings settings) {
    EngineSettings engine = settings.engine();
    if (!settings.opLibraries().isEmpty()) {
      return uncached(engine, settings.opLibraries());
    }
    return location -> {
      LoadedModel model = LoadedModel.load(location, engine, cache(settings));
      return new LoadedServable(model.servable(), model.writing()::write);
    };
  }

  /** The same without a cache of prepared models. */
  static ModelLoader uncached(EngineSettings engine, List<Path> opLibraries) {
    if (opLibraries.isEmpty()) {
      return location ->
          new LoadedServable(LoadedModel.load(location, engine).servable(), pace -> {});
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

  private static PreparedCache cache(ServerSettings settings) {
    return new PreparedCache(
        settings
            .modelCache()
            .map(CacheFolder::chosen)
            .orElseGet(
                () -> CacheFolder.usual(System.getenv(), Path.of(System.getProperty("user.home")))),
        settings.modelCacheBytes(),
        System::currentTimeMillis);
  }
}
