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
  static final List<String> EXTENSIONS =
      List.of("classification", "binary_tensor_data", "statistics", "model_repository");

  private OipPages() {}

  static void writeServer(OutputStream sink) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.name("name");
      json.value(SERVER);
      json.name("version");
      json.value(version());
      json.name("extensions");
      json.beginArray();
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
      json.name("live");
      json.value(true);
      json.endObject();
    }
  }

  /** Whether the server, or the model {@code name}, is ready. */
  static void writeReady(OutputStream sink, String name, boolean ready) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      if (!name.isEmpty()) {
        json.name("name");
        json.value(name);
      }
      json.name("ready");
      json.value(ready);
      if (!ready) {
        json.name("error");
        json.value((name.isEmpty() ? "server" : "model " + name) + ": not ready");
      }
      json.endObject();
    }
  }

  static void writeIndex(OutputStream sink, List<ModelState> states) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginArray();
      for (ModelState state : states) {
        json.beginObject();
        json.name("name");
        json.value(state.version().name());
        json.name("version");
        json.value(Long.toString(state.version().number()));
        json.name("state");
        json.value(state(state));
        json.name("reason");
        json.value(state.error());
        json.endObject();
      }
      json.endArray();
    }
  }
}
