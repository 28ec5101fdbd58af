package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.RequestTimeout;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.inference.ModelSignature;
import dev.bertserve.server.inference.PredictRequest;
import dev.bertserve.server.inference.Prediction;
import dev.bertserve.server.inference.PredictionService;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers {@code {"instances": [...]}} with {@code {"predictions": [...]}}, row for row. */
public final class VertexEndpoint implements Endpoint {

  private final PredictionService service;
  private final PredictionForm form;

  public VertexEndpoint(PredictionService service, PredictionForm form) {
    this.service = service;
    this.form = form;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    ModelSignature signature = service.signature();
    service.requireRoom();
    Duration timeout = RequestTimeout.of(request);
    List<String[]> rows =
        InstancesReader.read(request.body(), signature.inputs(), service.maxRows());
    if (rows.isEmpty()) {
      return CompletableFuture.completedFuture(response(nothing(signature)));
    }
    return service
        .predict(new PredictRequest(rows, request.abandoned(), timeout))
        .thenApply(this::response);
  }

  private Response response(Prediction prediction) {
    return Response.json(new PredictionsWriter(prediction, form));
  }

  private static Prediction nothing(ModelSignature signature) {
    List<float[]> values = Collections.nCopies(signature.outputs().size(), new float[0]);
    return new Prediction(0, signature.outputs(), values);
  }
}
