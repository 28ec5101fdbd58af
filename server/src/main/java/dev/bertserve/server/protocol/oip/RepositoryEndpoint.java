package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Loads or unloads the model of the path. Responds when that is done. */
final class RepositoryEndpoint implements Endpoint {

  private static final String PARAMETERS = "parameters";
  private static final String UNLOAD_DEPENDENTS = "unload_dependents";

  private final Function<String, CompletionStage<Void>> action;

  /** {@code action} gets the name of the model. */
  RepositoryEndpoint(Function<String, CompletionStage<Void>> action) {
    this.action = action;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    requireNoParameters(request.body());
    return action
        .apply(request.pathValues().getOrDefault("model", ""))
        .thenApply(done -> Response.json(Payload.whole(sink -> {})));
  }

  /** A model is loaded as it is on disk: with no configuration and no files of the request. */
  private static void requireNoParameters(byte[] body) {
    if (body.length == 0) {
      return;
    }
    try (JsonReader json = new JsonReader(body)) {
      json.object(
          json.next(),
          "body",
          (key, value) -> {
            if (value == JsonToken.OBJECT && key.equals(PARAMETERS)) {
              json.object(value, PARAMETERS, (name, setting) -> parameter(name, json));
            } else {
              json.skip();
            }
          });
      json.requireEnd(" (expected: one object)");
    }
  }

  private static void parameter(String key, JsonReader json) {
    // No model here depends on another.
    if (!key.equals(UNLOAD_DEPENDENTS)) {
      throw InferReader.invalid("parameters." + Shown.of(key) + ": not supported (expected: none)");
    }
    json.skip();
  }
}
