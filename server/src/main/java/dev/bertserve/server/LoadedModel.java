package dev.bertserve.server;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.ModelSignature;
import dev.bertserve.server.inference.TokenEncoding;
import dev.bertserve.server.tensorflow.EngineSelection;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.tensorflow.prepare.ModelPreparer;
import dev.bertserve.server.tensorflow.prepare.PreparedModel;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A model ready to run without its text half: token ids in.
 *
 * @param model what was understood of it
 * @param encoding makes its ids
 * @param engine runs them
 * @param precision that it runs in
 * @param device that it runs on, and why on that one
 */
record LoadedModel(
    PreparedModel model,
    TokenEncoding encoding,
    Engine<TokenIds> engine,
    Precision precision,
    String device)
    implements ServedModel<TokenIds> {

  static LoadedModel load(Path folder, EngineSettings settings) throws IOException {
    // TensorFlow's libraries take a second to load, and so does reading a large model.
    CompletableFuture<Void> libraries = CompletableFuture.runAsync(EngineSelection::loadLibraries);
    PreparedModel model = ModelPreparer.prepare(folder);
    TokenEncoding encoding = new TokenEncoding(model.tokenizer().source().load().tokenizer());
    libraries.join();
    EngineSelection selection =
        EngineSelection.open(model, settings, ProbeTexts.rows(model.signature(), encoding));
    return new LoadedModel(
        model, encoding, selection.engine(), selection.precision(), selection.device());
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
