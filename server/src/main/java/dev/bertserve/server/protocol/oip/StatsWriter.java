package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.ModelState;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Writes the statistics of models. */
final class StatsWriter implements Payload.Body {

  /** Members that perf_analyzer ends without. */
  private static final List<String> NOT_MEASURED =
      List.of("compute_input", "compute_infer", "compute_output", "cache_hit", "cache_miss");

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
      json.beginArray("model_stats");
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
    json.member("name", state.version().name());
    json.member("version", Long.toString(state.version().number()));
    json.member("inference_count", counts.rows.sum());
    json.member("execution_count", 0);
    json.beginObject("inference_stats");
    writeDuration(json, "success", counts.successes.sum(), counts.successNanos.sum());
    writeDuration(json, "fail", counts.failures.sum(), counts.failureNanos.sum());
    // perf_analyzer takes the model's version from this count
    writeDuration(json, "queue", counts.successes.sum(), 0);
    for (String name : NOT_MEASURED) {
      writeDuration(json, name, 0, 0);
    }
    json.endObject();
    json.endObject();
  }

  private static void writeDuration(JsonWriter json, String name, long count, long nanos)
      throws IOException {
    json.beginObject(name);
    json.member("count", count);
    json.member("ns", nanos);
    json.endObject();
  }
}
