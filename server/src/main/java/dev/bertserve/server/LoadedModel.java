package dev.bertserve.server;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.tensorflow.EngineSelection;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.tensorflow.prepare.ModelPreparer;
import dev.bertserve.server.tensorflow.prepare.PreparedModel;
import dev.bertserve.tokenizer.BertTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A model ready to run.
 *
 * @param model what was understood of it
 * @param tokenizer makes its ids
 * @param engine runs them
 * @param precision that it runs in
 * @param device that it runs on, and why on that one
 */
record LoadedModel(
    PreparedModel model, BertTokenizer tokenizer, Engine engine, Precision precision, String device)
    implements AutoCloseable {

  static LoadedModel load(Path folder, EngineSettings settings) throws IOException {
    // TensorFlow's libraries take a second to load, and so does reading a large model.
    CompletableFuture<Void> libraries = CompletableFuture.runAsync(EngineSelection::loadLibraries);
    PreparedModel model = ModelPreparer.prepare(folder);
    BertTokenizer tokenizer = model.tokenizer().source().load().tokenizer();
    libraries.join();
    EngineSelection selection =
        EngineSelection.open(model, settings, ProbeTexts.rows(model.signature(), tokenizer));
    return new LoadedModel(
        model, tokenizer, selection.engine(), selection.precision(), selection.device());
  }

  @Override
  public void close() {
    engine.close();
  }
}
