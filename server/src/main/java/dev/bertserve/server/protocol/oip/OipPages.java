package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.ModelState;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Small responses: about the server, and which models it has. */
final class OipPages {

  static final String SERVER = "bertserve";
  static final String PLATFORM = "tensorflow_savedmodel";
  static final String BACKEND = "tensorflow";
  static final List<String> EXTENSIONS =
      List.of(
          "classification",
          "binary_tensor_data",
          "statistics",
          "model_configuration",
          "model_repository");

  private OipPages() {}

  static void writeServer(OutputStream sink) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.member("name", SERVER);
      json.member("version", version());
      json.beginArray("extensions");
      for (String extension : EXTENSIONS) {
        json.value(extension);
      }
      json.endArray();
      json.endObject();
    }
  }

  static String version() {
    String version = OipPages.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  static String state(ModelState state) {
    return switch (state.state()) {
      case LOADING -> "LOADING";
      case AVAILABLE -> "READY";
      case UNLOADING -> "UNLOADING";
      case END -> "UNAVAILABLE";
    };
  }

  /** The process lives, whether or not its models are ready. */
  static void writeLive(OutputStream sink) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.member("live", true);
      json.endObject();
    }
  }

  /** Whether the server, or the model {@code name}, is ready. */
  static void writeReady(OutputStream sink, String name, boolean ready) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      if (!name.isEmpty()) {
        json.member("name", name);
      }
      json.member("ready", ready);
      if (!ready) {
        json.member("error", (name.isEmpty() ? "server" : "model " + name) + ": not ready");
      }
      json.endObject();
    }
  }

  static void writeIndex(OutputStream sink, List<ModelState> states) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginArray();
      for (ModelState state : states) {
        json.beginObject();
        json.member("name", state.version().name());
        json.member("version", Long.toString(state.version().number()));
        json.member("state", state(state));
        json.member("reason", state.error());
        json.endObject();
      }
      json.endArray();
    }
  }
}
