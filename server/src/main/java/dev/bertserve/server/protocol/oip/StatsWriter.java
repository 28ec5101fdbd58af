package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.ModelState;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Writes the statistics of models. */
final class StatsWriter implements Payload.Body {

  private final List<ModelState> states;
  private final InferStats stats;

  StatsWriter(List<ModelState> states, InferStats stats) {
    this.states = states;
    this.stats = stats;
  }

  @Override
  public void writeTo(OutputStream sink) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.name("model_stats");
      json.beginArray();
      for (ModelState state : states) {
        writeModel(json, state);
      }
      json.endArray();
      json.endObject();
    }
  }

  private void writeModel(JsonWriter json, ModelState state) throws IOException {
    InferStats.Counts counts = stats.of(state.version());
    json.beginObject();
    json.name("name");
    json.value(state.version().name());
    json.name("version");
    json.value(Long.toString(state.version().number()));
    json.name("inference_count");
    json.value(counts.successes.sum());
    json.name("inference_stats");
    json.beginObject();
    writeDuration(json, "success", counts.successes.sum(), counts.successNanos.sum());
    writeDuration(json, "fail", counts.failures.sum(), counts.failureNanos.sum());
    json.endObject();
    json.endObject();
  }

  private static void writeDuration(JsonWriter json, String name, long count, long nanos)
      throws IOException {
    json.name(name);
    json.beginObject();
    json.name("count");
    json.value(count);
    json.name("ns");
    json.value(nanos);
    json.endObject();
  }
}
