package dev.bertserve.bulk;

import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;

/**
 * Location and options of a model: tasks with equal keys share one model in a worker.
 *
 * @param model as {@link TextModel#open} takes it
 * @param precision as {@link ModelOptions} takes it
 * @param signature empty for the usual one
 */
public record ModelKey(String model, String precision, String signature) implements Serializable {

  /** The key of a model that is opened with {@code options}. */
  public static ModelKey of(String model, ModelOptions options) {
    return new ModelKey(model, options.precision(), options.signature().orElse(""));
  }

  TextModel open() throws IOException {
    Optional<String> name = Optional.of(signature).filter(given -> !given.isEmpty());
    return TextModel.open(model, new ModelOptions(precision, name));
  }
}
