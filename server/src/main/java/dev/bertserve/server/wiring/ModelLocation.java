package dev.bertserve.server.wiring;

import dev.bertserve.server.savedmodel.AddedTokenizer;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.savedmodel.PreparedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Location and label of a model.
 *
 * @param folder a SavedModel directory
 * @param label for messages
 * @param tokenizer for a model that takes token ids
 */
public record ModelLocation(Path folder, String label, Optional<AddedTokenizer> tokenizer) {

  private static final String BUILT_IN = "sentiment";
  private static final String HOME_PROPERTY = "bertserve.home";

  /** Parses the location that a user gave; empty means the built-in model. */
  public static ModelLocation of(String model, Optional<AddedTokenizer> tokenizer) {
    if (model.isEmpty()) {
      String home = System.getProperty(HOME_PROPERTY, "server/target/bertserve");
      return new ModelLocation(
          Path.of(home, "model", BUILT_IN), BUILT_IN + " (built in)", tokenizer);
    }
    if (model.startsWith("gs://")) {
      throw new IllegalArgumentException(
          "model: " + model + " (expected: a local directory; copy the model first)");
    }
    Path folder = Path.of(model);
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("model: " + model + " (expected: a SavedModel directory)");
    }
    return new ModelLocation(folder, model, tokenizer);
  }

  public PreparedModel prepare() throws IOException {
    return ModelPreparer.prepare(folder, tokenizer);
  }
}
