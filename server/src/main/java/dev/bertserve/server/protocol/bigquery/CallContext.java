package dev.bertserve.server.protocol.bigquery;

import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.PredictionForm;
import java.util.Optional;

/**
 * What the definition of a remote function sends with each request, in {@code
 * user_defined_context}.
 *
 * @param model name of the model
 * @param form of a reply
 */
record CallContext(Optional<String> model, Optional<PredictionForm> form) {

  static final String NAME = "userDefinedContext";

  /**
   * Finds the context in a body, and reads no further. BigQuery sends it before the calls, which
   * depend on it; it may follow them.
   */
  static CallContext read(byte[] body) {
    try (JsonReader json = new JsonReader(body)) {
      boolean isObject = json.next() == JsonToken.OBJECT;
      while (isObject && json.next() == JsonToken.NAME) {
        boolean isContext = json.text().equals(NAME);
        JsonToken value = json.next();
        if (isContext && value != JsonToken.NULL) {
          return read(json, value);
        }
        json.skip();
      }
    }
    return new CallContext(Optional.empty(), Optional.empty());
  }

  private static CallContext read(JsonReader json, JsonToken start) {
    start.require(JsonToken.OBJECT, NAME);
    Optional<String> model = Optional.empty();
    Optional<PredictionForm> form = Optional.empty();
    while (json.next() == JsonToken.NAME) {
      String key = json.text();
      JsonToken value = json.next();
      String place = NAME + "." + Shown.of(key);
      switch (key) {
        case "model" -> model = Optional.of(json.string(value, place));
        case "output_form" -> form = Optional.of(PredictionForm.read(json, value, place));
        default -> json.skip();
      }
    }
    return new CallContext(model, form);
  }
}
