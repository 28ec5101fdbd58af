package dev.bertserve.benchmarks.latency;

import dev.bertserve.server.inference.ModelSignature;
import dev.bertserve.server.tensorflow.prepare.ModelPreparer;
import dev.bertserve.server.tensorflow.prepare.PreparedModel;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;

/** What the built-in model takes and gives, without its engine. */
record BuiltInModel(ModelSignature signature, Tokenizer tokenizer) {

  private static final Path FOLDER = Path.of("../server/target/bertserve/model/sentiment");

  static BuiltInModel read() throws IOException {
    PreparedModel model = ModelPreparer.prepare(FOLDER);
    return new BuiltInModel(model.signature(), model.tokenizer().loaded().tokenizer());
  }
}
