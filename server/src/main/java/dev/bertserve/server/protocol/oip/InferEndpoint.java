package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.RequestTimeout;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.PredictionService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Scores the rows of an inference request with the model that the path names. */
final class InferEndpoint implements Endpoint {

  private static final String JSON_LENGTH = "Inference-Header-Content-Length";
  private static final String BINARY = "application/octet-stream";
  private static final int MAX_DIGITS = 9;

  private final OipModels models;
  private final InferStats stats;

  InferEndpoint(OipModels models, InferStats stats) {
    this.models = models;
    this.stats = stats;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    try (ModelLease lease = models.find(request).lease()) {
      ModelVersion model = lease.version();
      InferStats.Timing timing = stats.start(model);
      try {
        return handle(request, lease)
            .whenComplete((response, failure) -> timing.end(failure == null));
      } catch (RuntimeException | Error e) {
        timing.end(false);
        throw e;
      }
    }
  }

  private static CompletionStage<Response> handle(Request request, ModelLease lease) {
    PredictionService service = lease.model();
    service.requireRoom();
    Duration timeout = RequestTimeout.of(request);
    InferRequest asked =
        InferReader.read(
            request.body(), jsonBytes(request), service.signature(), service.maxRows());
    InferResponse.requireKnown(asked, service.signature().outputs());
    Duration limit = asked.timeout().filter(own -> own.compareTo(timeout) < 0).orElse(timeout);
    ModelVersion model = lease.version();
    return service
        .predict(asked.rows().request(request, limit))
        .thenApply(prediction -> response(model, asked, prediction));
  }

  private static Response response(ModelVersion model, InferRequest asked, Prediction prediction) {
    InferResponse response = InferResponse.of(model, asked, prediction);
    if (!response.hasBinary()) {
      return Response.json(new InferWriter(response));
    }
    try {
      int headBytes = InferWriter.headBytes(response);
      return Response.json(new InferWriter(response))
          .withHeader(Response.CONTENT_TYPE, BINARY)
          .withHeader(JSON_LENGTH, Integer.toString(headBytes));
    } catch (IOException | RuntimeException e) {
      prediction.close();
      throw e instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException) e;
    }
  }

  /** Number of bytes of the body that are JSON: all of them unless a header says otherwise. */
  private static int jsonBytes(Request request) {
    String value = request.header().apply(JSON_LENGTH);
    if (value.isEmpty()) {
      return request.body().length;
    }
    boolean isNumber =
        value.length() <= MAX_DIGITS && value.chars().allMatch(c -> c >= '0' && c <= '9');
    int bytes = isNumber ? Integer.parseInt(value) : -1;
    if (bytes < 0 || bytes > request.body().length) {
      throw InferReader.invalid(
          JSON_LENGTH + ": not understood (expected: a number of bytes, at most the body's)");
    }
    return bytes;
  }
}
