package dev.bertserve.bulk.beam;

import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;

/**
 * Location and options of a model: transforms with equal keys share one model in a worker.
 *
 * @param model as {@link TextModel#open} takes it
 * @param precision as {@link ModelOptions} takes it
 * @param signature empty for the usual one
 */
record ModelKey(String model, String precision, String signature) implements Serializable {

  static ModelKey of(String model, ModelOptions options) {
    return new ModelKey(model, options.precision(), options.signature().orElse(""));
  }

  TextModel open() throws IOException {
    Optional<String> name = Optional.of(signature).filter(given -> !given.isEmpty());
    return TextModel.open(model, new ModelOptions(precision, name));
  }
}
