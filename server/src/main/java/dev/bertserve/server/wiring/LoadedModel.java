package dev.bertserve.server.wiring;

import dev.bertserve.server.savedmodel.PreparedCache;
import dev.bertserve.server.savedmodel.PreparedModel;
import dev.bertserve.server.serving.Engine;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.server.tensorflow.EngineSelection;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A model ready to run without its text half: token ids in.
 *
 * @param model what was understood of it
 * @param encoding makes its ids
 * @param engine runs them
 * @param precision that it runs in
 * @param maxRunners number of concurrent batches beyond which throughput does not grow
 * @param device that it runs on, and why on that one
 * @param writing keeps it for the next start
 */
public record LoadedModel(
    PreparedModel model,
    TokenEncoding encoding,
    Engine engine,
    Precision precision,
    int maxRunners,
    String device,
    PreparedCache.Writing writing)
    implements AutoCloseable {

  public static LoadedModel load(ModelLocation location, EngineSettings settings)
      throws IOException {
    return load(() -> unkept(location.prepare()), settings);
  }

  /**
   * The same, from {@code cache} where it holds what was understood of a model that takes text;
   * else {@link #writing} writes it there.
   */
  public static LoadedModel load(
      ModelLocation location, EngineSettings settings, PreparedCache cache) throws IOException {
    if (location.tokenizer().isPresent()) {
      return load(location, settings);
    }
    return load(() -> cache.open(location.folder(), () -> prepare(location, settings)), settings);
  }

  /** Opens a prepared model, or prepares one. */
  private interface Opening {
    PreparedCache.Opened open() throws IOException;
  }

  private static PreparedCache.Opened unkept(PreparedModel model) {
    return new PreparedCache.Opened(model, pace -> {});
  }

  private static LoadedModel load(Opening opening, EngineSettings settings) throws IOException {
    // TensorFlow's libraries take a second to load, and so does reading a large model.
    CompletableFuture<Void> libraries = CompletableFuture.runAsync(EngineSelection::loadLibraries);
    PreparedCache.Opened opened = opening.open();
    PreparedModel model = opened.model();
    TokenEncoding encoding = new TokenEncoding(model.tokenizer().loaded().tokenizer());
    libraries.join();
    EngineSelection selection =
        EngineSelection.open(model, settings, ProbeTexts.rows(model.signature(), encoding));
    return new LoadedModel(
        model,
        encoding,
        selection.engine(),
        selection.precision(),
        selection.mostRunners(),
        selection.device(),
        opened.writing());
  }

  /**
   * Prepares a model so that whoever opens it need not run its own graph. The first session of a
   * process decides how many threads an op has in all that follow, so {@code settings} are those
   * that the model is served with.
   */
  public static PreparedModel prepare(ModelLocation location, EngineSettings settings)
      throws IOException {
    PreparedModel model = location.prepare();
    TokenEncoding encoding = new TokenEncoding(model.tokenizer().loaded().tokenizer());
    List<TokenIds> probe = ProbeTexts.rows(model.signature(), encoding);
    return model.with(EngineSelection.reference(model, settings, probe));
  }

  /** The model as it is served. */
  Servable servable() {
    return new Servable(
        model.signature(),
        encoding,
        engine,
        maxRunners,
        model.encoder().layers() + " layers, precision " + precision.label(),
        device);
  }

  @Override
  public void close() {
    engine.close();
  }
}
