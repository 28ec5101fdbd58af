package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.RequestTimeout;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.PredictRequest;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.PredictionService;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Returns {@code {"predictions": [...]}} for {@code {"instances": [...]}}, one prediction per
 * instance.
 */
public final class VertexEndpoint implements Endpoint {

  private final ModelSource models;
  private final PredictionForm form;

  public VertexEndpoint(ModelSource models, PredictionForm form) {
    this.models = models;
    this.form = form;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    try (ModelLease lease = models.lease()) {
      return handle(request, lease.model());
    }
  }

  private CompletionStage<Response> handle(Request request, PredictionService service) {
    ModelSignature signature = service.signature();
    service.requireRoom();
    Duration timeout = RequestTimeout.of(request);
    Instances instances =
        InstancesReader.read(request.body(), signature.inputs(), service.maxRows());
    if (instances.texts().isEmpty()) {
      return CompletableFuture.completedFuture(response(Prediction.empty(signature)));
    }
    return service
        .predict(
            new PredictRequest(instances.texts(), instances.others(), request.abandoned(), timeout))
        .thenApply(this::response);
  }

  private Response response(Prediction prediction) {
    return Response.json(new PredictionsWriter(prediction, form));
  }
}
