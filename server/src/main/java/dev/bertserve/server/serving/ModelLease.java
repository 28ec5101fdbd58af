package dev.bertserve.server.serving;

/**
 * Keeps a model from being closed while a request is parsed and queued. Not needed any more once
 * {@link PredictionService#predict} has returned.
 *
 * @param model the model
 * @param release called once
 */
public record ModelLease(PredictionService model, Runnable release) implements AutoCloseable {

  /** A lease on a model that is never retired. */
  public static ModelLease of(PredictionService model) {
    return new ModelLease(model, () -> {});
  }

  @Override
  public void close() {
    release.run();
  }
}
