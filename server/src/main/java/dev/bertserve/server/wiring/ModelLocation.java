package dev.bertserve.server.wiring;

import dev.bertserve.server.savedmodel.AddedTokenizer;
import dev.bertserve.server.savedmodel.ModelLayout;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.savedmodel.PreparedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Location and label of a model.
 *
 * @param folder a SavedModel directory, or one that holds it as {@link ModelLayout} finds it
 * @param label for messages
 * @param signature name of its signature; empty for the usual or the only one
 * @param tokenizer for a model that takes token ids
 */
public record ModelLocation(
    Path folder, String label, Optional<String> signature, Optional<AddedTokenizer> tokenizer) {

  private static final String BUILT_IN = "sentiment";
  private static final String HOME_PROPERTY = "bertserve.home";

  /** Parses the location that a user gave; empty means the built-in model. */
  public static ModelLocation of(
      String model, Optional<String> signature, Optional<AddedTokenizer> tokenizer) {
    if (model.isEmpty()) {
      String home = System.getProperty(HOME_PROPERTY, "server/target/bertserve");
      return new ModelLocation(
          Path.of(home, "model", BUILT_IN), BUILT_IN + " (built in)", signature, tokenizer);
    }
    if (model.startsWith("gs://")) {
      throw new IllegalArgumentException(
          "model: " + model + " (expected: a local directory; copy the model first)");
    }
    Path folder = Path.of(model);
    if (Files.isRegularFile(folder)) {
      throw new IllegalArgumentException(
          "model: " + model + ": " + ModelLayout.whatIsThere(folder));
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("model: " + model + " (expected: a SavedModel directory)");
    }
    return new ModelLocation(folder, model, signature, tokenizer);
  }

  /** The same for another folder, such as that of a version. */
  ModelLocation at(Path other) {
    return new ModelLocation(other, label, signature, tokenizer);
  }

  /** The folder within {@link #folder} that holds the model to be served. */
  public Path modelFolder() throws IOException {
    return ModelLayout.modelFolder(folder);
  }

  public PreparedModel prepare() throws IOException {
    return ModelPreparer.prepare(modelFolder(), signature, tokenizer);
  }
}
