package dev.bertserve.server.protocol.operations;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.protocol.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Returns 200 when ready, otherwise 503. The body has the state, the reason of a failure, and what
 * failed without making the server fail.
 */
public final class HealthEndpoint implements Endpoint {

  private final Lifecycle lifecycle;
  private final Supplier<List<String>> warnings;

  /** {@code warnings} are lines that each response has, if there are any. */
  public HealthEndpoint(Lifecycle lifecycle, Supplier<List<String>> warnings) {
    this.lifecycle = lifecycle;
    this.warnings = warnings;
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    State state = lifecycle.state();
    boolean ready = state == State.READY;
    String reason = lifecycle.reason();
    String error = ready ? "" : "state: " + state.label() + (reason.isEmpty() ? "" : ", " + reason);
    return CompletableFuture.completedFuture(
        Response.readiness(ready, Payload.whole(sink -> writeState(sink, state, error))));
  }

  private void writeState(OutputStream sink, State state, String error) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.member("state", state.label());
      if (!error.isEmpty()) {
        json.member("error", error);
      }
      List<String> lines = warnings.get();
      if (!lines.isEmpty()) {
        json.beginArray("warnings");
        for (String line : lines) {
          json.value(line);
        }
        json.endArray();
      }
      json.endObject();
    }
  }
}
