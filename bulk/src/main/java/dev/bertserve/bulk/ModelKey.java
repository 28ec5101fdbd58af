package dev.bertserve.bulk;

import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Location and options of a model: tasks with equal keys share one model in a worker.
 *
 * @param model as {@link TextModel#open} takes it
 * @param precision as {@link ModelOptions} takes it
 * @param signature empty for the usual one
 */
public record ModelKey(String model, String precision, String signature) implements Serializable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelKey.class);

  /** The key of a model that is opened with {@code options}. */
  public static ModelKey of(String model, ModelOptions options) {
    return new ModelKey(model, options.precision(), options.signature().orElse(""));
  }

  TextModel open() throws IOException {
    Optional<String> name = Optional.of(signature).filter(given -> !given.isEmpty());
    LOG.info("opening the model {}", model);
    return TextModel.open(model, new ModelOptions(precision, name));
  }
}
