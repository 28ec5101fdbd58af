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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A model ready to run without its text half: token ids in.
 *
 * @param model what was understood of it
 * @param encoding makes its ids
 * @param engine runs them
 * @param precision that it runs in
 */
record LoadedModel(
    PreparedModel model, TokenEncoding encoding, Engine<TokenIds> engine, Precision precision)
    implements ServedModel<TokenIds> {

  static LoadedModel load(Path folder, EngineSettings settings) throws IOException {
    // TensorFlow's libraries take a second to load, and so does reading a large model.
    CompletableFuture<Void> libraries = CompletableFuture.runAsync(EngineSelection::loadLibraries);
    PreparedModel model = ModelPreparer.prepare(folder);
    TokenEncoding encoding = new TokenEncoding(model.tokenizer().source().load().tokenizer());
    libraries.join();
    EngineSelection selection =
        EngineSelection.open(model, settings, ProbeTexts.rows(model.signature(), encoding));
    return new LoadedModel(model, encoding, selection.engine(), selection.precision());
  }

  @Override
  public ModelSignature signature() {
    return model.signature();
  }

  @Override
  public String summary() {
    return model.encoder().layers() + " layers, precision " + precision.label();
  }

  /** One short and one full batch. */
  @Override
  public void warmUp(int maxBatchRows) {
    engine.run(List.of(encoding.encode("a")));
    List<TokenIds> rows = new ArrayList<>();
    for (int i = 0; i < maxBatchRows; i++) {
      rows.add(encoding.encode("warm up ".repeat(i % 8)));
    }
    engine.run(rows);
  }
}
