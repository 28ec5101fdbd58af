package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.RowFault;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.PredictionService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What all bodies of the dialect have in common. */
final class TfBody {

  static final String SIGNATURE = "signature_name";

  /** Starts the messages about bodies that are no JSON. */
  private static final String NO_JSON = "JSON Parse error";

  private TfBody() {}

  static JsonReader open(byte[] body) {
    return new JsonReader(body, NO_JSON);
  }

  /** Reads a document that is one object. */
  static void members(JsonReader json, JsonReader.Member member) {
    JsonToken start = json.next();
    if (start == JsonToken.END) {
      throw invalid(NO_JSON + ": The document is empty");
    }
    if (start != JsonToken.OBJECT) {
      throw invalid("JSON Value: " + RowFault.json(start, json.text()) + " Is not object");
    }
    json.object(start, NO_JSON, member);
    json.requireEnd(" (expected: one object)");
  }

  static String signature(JsonReader json, JsonToken value) {
    if (value != JsonToken.STRING) {
      throw invalid("not formatted correctly. 'signature_name' key must be a string value.");
    }
    return json.text();
  }

  /**
   * The model whose inputs the rows of {@code body} have. The name of its signature may come after
   * the rows.
   */
  static PredictionService reader(
      byte[] body, ModelLease lease, Function<String, ServingException> unknown) {
    return lease.hasOneSetOfInputs() ? lease.model() : service(signature(body), lease, unknown);
  }

  private static Optional<String> signature(byte[] body) {
    List<String> named = new ArrayList<>();
    try (JsonReader json = open(body)) {
      members(
          json,
          (key, value) -> {
            if (key.equals(SIGNATURE)) {
              named.add(signature(json, value));
            } else {
              json.skip();
            }
          });
    }
    return named.stream().findFirst();
  }

  /**
   * The model by the signature that the client names, the usual one for none or an empty name;
   * throws the failure that {@code unknown} makes of its name if there is no such signature.
   */
  static PredictionService service(
      Optional<String> signature, ModelLease lease, Function<String, ServingException> unknown) {
    return lease
        .model(signature.filter(name -> !name.isEmpty()))
        .orElseThrow(() -> unknown.apply(Shown.of(signature.orElse(""))));
  }

  static ServingException invalid(String message) {
    return new ServingException(FailureKind.INVALID, message);
  }
}
