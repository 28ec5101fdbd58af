package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.protocol.rows.HttpCaller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionStage;

/** Scores the rows of an inference request with the model that the path names. */
final class InferEndpoint implements Endpoint {

  private static final String JSON_LENGTH = "Inference-Header-Content-Length";
  private static final String BINARY = "application/octet-stream";
  private static final int MAX_DIGITS = 9;

  private final Inference inference;

  InferEndpoint(Inference inference) {
    this.inference = inference;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    return inference
        .infer(
            OipModels.path(request),
            HttpCaller.of(request),
            (signature, maxRows) ->
                InferReader.read(request.body(), jsonBytes(request), signature, maxRows))
        .thenApply(
            response -> response.prediction().handTo(prediction -> InferEndpoint.of(response)));
  }

  private static Response of(InferResponse response) {
    Response json = Response.json(new InferWriter(response));
    if (!response.hasBinary()) {
      return json;
    }
    try {
      return json.withHeader(Response.CONTENT_TYPE, BINARY)
          .withHeader(JSON_LENGTH, Integer.toString(InferWriter.headBytes(response)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
