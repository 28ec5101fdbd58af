package dev.bertserve.server.wiring;

import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.savedmodel.AddedTokenizer;
import dev.bertserve.server.savedmodel.ModelLayout;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.storage.StorageFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Location and label of a model.
 *
 * @param folder a SavedModel directory, or one that holds it as {@link ModelLayout} finds it; of a
 *     model in a bucket, a path within the bucket's folder
 * @param label for messages
 * @param signature name of its signature; empty for the usual or the only one
 * @param tokenizer for a model that takes token ids
 * @param bucket where the model is downloaded from; empty if it is on this machine
 */
public record ModelLocation(
    Path folder,
    String label,
    Optional<String> signature,
    Optional<AddedTokenizer> tokenizer,
    Optional<StorageFolder> bucket) {

  private static final String BUILT_IN = "sentiment";
  private static final String HOME_PROPERTY = "bertserve.home";

  /** A model on this machine. */
  public ModelLocation(
      Path folder, String label, Optional<String> signature, Optional<AddedTokenizer> tokenizer) {
    this(folder, label, signature, tokenizer, Optional.empty());
  }

  /** Parses the location that a user gave; empty means the built-in model. */
  public static ModelLocation of(
      String model, Optional<String> signature, Optional<AddedTokenizer> tokenizer) {
    if (model.isEmpty()) {
      String home = System.getProperty(HOME_PROPERTY, "server/target/bertserve");
      return new ModelLocation(
          Path.of(home, "model", BUILT_IN), BUILT_IN + " (built in)", signature, tokenizer);
    }
    if (StorageFolder.is(model)) {
      return new ModelLocation(
          Path.of(""), model, signature, tokenizer, Optional.of(StorageFolder.parse(model)));
    }
    Path folder = Path.of(model);
    if (Files.isRegularFile(folder)) {
      throw new IllegalArgumentException(
          "model: " + model + ": " + ModelLayout.whatIsThere(folder));
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "model: " + model + " (expected: a SavedModel directory, or gs://bucket/folder)");
    }
    return new ModelLocation(folder, model, signature, tokenizer);
  }

  /** A version of the same model, in another folder. */
  ModelLocation version(Path other) {
    return new ModelLocation(other, label, signature, tokenizer, bucket);
  }

  /** The same model, once the folder in the bucket was downloaded to {@code target}. */
  ModelLocation downloaded(Path target) {
    return new ModelLocation(target.resolve(folder), label, signature, tokenizer);
  }

  /** The folder within {@link #folder} that holds the model to be served. */
  public Path modelFolder() throws IOException {
    if (bucket.isPresent()) {
      throw new IllegalStateException("model: " + label + " (expected: downloaded first)");
    }
    return ModelLayout.modelFolder(folder);
  }

  public PreparedModel prepare() throws IOException {
    return ModelPreparer.prepare(modelFolder(), signature, tokenizer);
  }
}
