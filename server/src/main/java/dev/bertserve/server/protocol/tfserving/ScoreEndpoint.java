package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.protocol.rows.HttpCaller;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.PredictionService;
import java.util.concurrent.CompletionStage;

/** Scores texts with the model that the path names. */
final class ScoreEndpoint implements Endpoint {

  private final TfModels models;
  private final TfMethod method;

  ScoreEndpoint(TfModels models, TfMethod method) {
    this.models = models;
    this.method = method;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    try (ModelLease lease = models.find(models.path(request)).lease()) {
      return handle(request, lease);
    }
  }

  private CompletionStage<Response> handle(Request request, ModelLease lease) {
    PredictionService usual = lease.model();
    Caller caller = HttpCaller.of(request);
    usual.requireRoom(caller);
    PredictionService reader = TfBody.reader(request.body(), lease, method::unknownSignature);
    PredictBody body = method.read(request.body(), reader.signature().inputs(), reader.maxRows());
    PredictionService service = TfBody.service(body.signature(), lease, method::unknownSignature);
    method.requireAllowed(service.signature().outputs());
    return service.predict(
        body.rows().request(caller), prediction -> Response.json(method.write(prediction, body)));
  }
}
