package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.serving.InputSpec;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code {"instances": [...]}} into rows. One body, one thread. */
final class InstancesReader {

  private static final String INSTANCES = "instances";
  private static final String WANTED = " (expected: {\"instances\": [...]})";

  private final JsonReader json;
  private final InstanceReader instance;
  private final int maxRows;

  private InstancesReader(JsonReader json, List<InputSpec> inputs, int maxRows) {
    this.json = json;
    this.maxRows = maxRows;
    this.instance = new InstanceReader(json, inputs);
  }

  /**
   * Returns the rows, each with its values in the order of {@code inputs}. Throws INVALID for a
   * malformed body, and TOO_LARGE as soon as there are more than {@code maxRows} rows.
   */
  static Instances read(byte[] body, List<InputSpec> inputs, int maxRows) {
    if (body.length == 0) {
      throw new ServingException(FailureKind.INVALID, "body: empty" + WANTED);
    }
    try (JsonReader json = new JsonReader(body)) {
      return new InstancesReader(json, inputs, maxRows).document();
    }
  }

  private Instances document() {
    JsonToken start = json.next();
    if (start != JsonToken.OBJECT) {
      throw new ServingException(FailureKind.INVALID, "body: " + start.label() + WANTED);
    }
    List<String[]> rows = null;
    while (json.next() == JsonToken.NAME) {
      boolean isInstances = json.text().equals(INSTANCES);
      JsonToken value = json.next();
      if (isInstances) {
        rows = list(value);
      } else {
        json.skip();
      }
    }
    JsonToken trailing = json.next();
    if (trailing != JsonToken.END) {
      throw new ServingException(
          FailureKind.INVALID, "body: " + trailing.label() + " after the object" + WANTED);
    }
    if (rows == null) {
      throw new ServingException(FailureKind.INVALID, "instances: missing" + WANTED);
    }
    return new Instances(rows, instance.others());
  }

  private List<String[]> list(JsonToken start) {
    if (start != JsonToken.ARRAY) {
      throw new ServingException(
          FailureKind.INVALID, "instances: " + start.label() + " (expected: an array)");
    }
    List<String[]> rows = new ArrayList<>();
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      if (rows.size() == maxRows) {
        throw new ServingException(
            FailureKind.TOO_LARGE,
            "instances: more than " + maxRows + " rows (expected: at most that in one request)");
      }
      rows.add(instance.read(token, rows.size()));
      token = json.next();
    }
    return rows;
  }
}
