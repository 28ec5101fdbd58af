package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.ModelState;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The states of a model's versions, for TensorFlow Serving and KServe at once: 200 if one of them
 * is ready, otherwise 503.
 */
final class StatusEndpoint implements Endpoint {

  private final TfModels models;

  StatusEndpoint(TfModels models) {
    this.models = models;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    List<ModelState> states = models.states(models.path(request));
    Payload body = Payload.whole(sink -> write(sink, states));
    return CompletableFuture.completedFuture(Response.readiness(isReady(states), body));
  }

  private static boolean isReady(List<ModelState> states) {
    return states.stream().anyMatch(ModelState::ready);
  }

  private static void write(OutputStream sink, List<ModelState> states) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.beginArray("model_version_status");
      for (ModelState state : states) {
        writeState(json, state);
      }
      json.endArray();
      json.member("name", states.get(0).version().name());
      json.member("ready", isReady(states));
      if (!isReady(states)) {
        json.member("error", "model " + states.get(0).version().name() + ": not ready");
      }
      json.endObject();
    }
  }

  private static void writeState(JsonWriter json, ModelState state) throws IOException {
    json.beginObject();
    json.member("version", Long.toString(state.version().number()));
    json.member("state", state.state().name());
    json.beginObject("status");
    json.member("error_code", state.error().isEmpty() ? "OK" : "UNKNOWN");
    json.member("error_message", state.error());
    json.endObject();
    json.endObject();
  }
}
