package dev.bertserve.server;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.ModelSignature;
import dev.bertserve.server.inference.TokenEncoding;
import dev.bertserve.server.tensorflow.EngineSelection;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.tensorflow.prepare.PreparedCache;
import dev.bertserve.server.tensorflow.prepare.PreparedModel;
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
 * @param mostRunners batches side by side of which more gain nothing
 * @param device that it runs on, and why on that one
 */
record LoadedModel(
    PreparedModel model,
    TokenEncoding encoding,
    Engine<TokenIds> engine,
    Precision precision,
    int mostRunners,
    String device)
    implements ServedModel<TokenIds> {

  static LoadedModel load(ModelLocation location, EngineSettings settings) throws IOException {
    return load(location::prepare, settings);
  }

  /**
   * The same, and keeps in {@code cache} for the next time what was understood of a model that
   * takes text.
   */
  static LoadedModel load(ModelLocation location, EngineSettings settings, PreparedCache cache)
      throws IOException {
    if (location.tokenizer().isPresent()) {
      return load(location, settings);
    }
    return load(
        () ->
            cache.open(
                location.modelFolder(), location.signature(), () -> prepare(location, settings)),
        settings);
  }

  private static LoadedModel load(PreparedCache.Preparation preparation, EngineSettings settings)
      throws IOException {
    // TensorFlow's libraries take a second to load, and so does reading a large model.
    CompletableFuture<Void> libraries = CompletableFuture.runAsync(EngineSelection::loadLibraries);
    PreparedModel model = preparation.prepare();
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
        selection.device());
  }

  /**
   * Prepares a model so that whoever opens it need not run its own graph. The first session of a
   * process decides how many threads an op has in all that follow, so {@code settings} are those
   * that the model is served with.
   */
  static PreparedModel prepare(ModelLocation location, EngineSettings settings) throws IOException {
    PreparedModel model = location.prepare();
    TokenEncoding encoding = new TokenEncoding(model.tokenizer().loaded().tokenizer());
    List<TokenIds> probe = ProbeTexts.rows(model.signature(), encoding);
    return model.with(EngineSelection.reference(model, settings, probe));
  }

  @Override
  public ModelSignature signature() {
    return model.signature();
  }

  @Override
  public String summary() {
    return model.encoder().layers() + " layers, precision " + precision.label();
  }
}
