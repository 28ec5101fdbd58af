package dev.bertserve.server;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.inference.ModelSignature;
import dev.bertserve.server.inference.PredictRequest;
import dev.bertserve.server.inference.Prediction;
import dev.bertserve.server.inference.PredictionService;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Stands for the service from the moment the port is open until the model is loaded. */
final class DeferredService implements PredictionService {

  private static final int RETRY_AFTER_SECONDS = 1;

  private final Lifecycle lifecycle;
  private volatile @Nullable PredictionService loaded;

  DeferredService(Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  void become(PredictionService service) {
    loaded = service;
  }

  @Override
  public ModelSignature signature() {
    return service().signature();
  }

  @Override
  public void requireRoom() {
    service().requireRoom();
  }

  @Override
  public int maxRows() {
    return service().maxRows();
  }

  @Override
  public CompletionStage<Prediction> predict(PredictRequest request) {
    return service().predict(request);
  }

  private PredictionService service() {
    PredictionService service = loaded;
    // Failed after it was loaded: the engine hangs, or a thread that serves has ended.
    if (service == null || lifecycle.state() == State.FAILED) {
      throw new ServingException(
          FailureKind.UNAVAILABLE,
          "the model cannot be used: " + lifecycle.state().label(),
          RETRY_AFTER_SECONDS);
    }
    return service;
  }
}
