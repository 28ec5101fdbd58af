package dev.bertserve.benchmarks.latency;

import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;

/** Signature and tokenizer of the built-in model, without its engine. */
record BuiltInModel(ModelSignature signature, Tokenizer tokenizer) {

  private static final Path FOLDER = Path.of("../server/target/bertserve/model/sentiment");

  static BuiltInModel read() throws IOException {
    PreparedModel model = ModelPreparer.prepare(FOLDER);
    return new BuiltInModel(model.signature(), model.tokenizer().loaded().tokenizer());
  }
}
