package dev.bertserve.server.protocol.bigquery;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
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
    if (start != JsonToken.OBJECT) {
      throw invalid(NAME + ": " + start.label() + " (expected: an object)");
    }
    Optional<String> model = Optional.empty();
    Optional<PredictionForm> form = Optional.empty();
    while (json.next() == JsonToken.NAME) {
      String key = json.text();
      JsonToken value = json.next();
      switch (key) {
        case "model" -> model = Optional.of(string(json, value, key));
        case "output_form" -> form = Optional.of(form(string(json, value, key)));
        default -> json.skip();
      }
    }
    return new CallContext(model, form);
  }

  private static PredictionForm form(String name) {
    return PredictionForm.named(name)
        .orElseThrow(
            () ->
                invalid(
                    NAME
                        + ".output_form: "
                        + Shown.of(name)
                        + " (expected: tensor, scalar or object)"));
  }

  private static String string(JsonReader json, JsonToken value, String key) {
    if (value != JsonToken.STRING) {
      throw invalid(NAME + "." + key + ": " + value.label() + " (expected: a string)");
    }
    return json.text();
  }

  private static ServingException invalid(String message) {
    return new ServingException(FailureKind.INVALID, message);
  }
}
