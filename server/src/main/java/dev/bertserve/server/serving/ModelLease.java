package dev.bertserve.server.serving;

/**
 * Keeps a model from being closed while a request is parsed and queued. Not needed any more once
 * {@link PredictionService#predict} has returned.
 *
 * @param identity which model it is
 * @param model the model
 * @param release called once
 */
public record ModelLease(ModelIdentity identity, PredictionService model, Runnable release)
    implements AutoCloseable {

  private static final ModelIdentity NAMED_MODEL =
      new ModelIdentity(new ModelVersion("model", 1), "serving_default");

  /** A lease on version 1 of a model named model, which is never retired. */
  public static ModelLease of(PredictionService model) {
    return new ModelLease(NAMED_MODEL, model, () -> {});
  }

  @Override
  public void close() {
    release.run();
  }
}
