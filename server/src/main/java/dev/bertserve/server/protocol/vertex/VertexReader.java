package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.InstanceReader;
import dev.bertserve.server.protocol.rows.InstanceRules;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.InputSpec;
import java.util.List;

/** Reads {@code {"instances": [...], "parameters": {...}}}. One body, one thread. */
final class VertexReader {

  private static final String INSTANCES = "instances";
  private static final String PARAMETERS = "parameters";
  private static final String WANTED = " (expected: {\"instances\": [...]})";

  private static final String NULL_CURE = ", or null with --null-text null";

  private VertexReader() {}

  /**
   * Returns the rows, each with its texts in the order of {@code inputs}. Throws INVALID for a
   * malformed body, and TOO_LARGE as soon as there are more than {@code maxRows} rows.
   */
  static VertexBody read(byte[] body, List<InputSpec> inputs, int maxRows, NullText nullText) {
    if (body.length == 0) {
      throw new ServingException(FailureKind.INVALID, "body: empty" + WANTED);
    }
    try (JsonReader json = new JsonReader(body)) {
      InstanceRules rules = new InstanceRules(INSTANCES, true, nullText, NULL_CURE, false);
      return document(json, new InstanceReader(json, inputs, rules), maxRows);
    }
  }

  private static VertexBody document(JsonReader json, InstanceReader instances, int maxRows) {
    JsonToken start = json.next();
    if (start != JsonToken.OBJECT) {
      throw new ServingException(FailureKind.INVALID, "body: " + start.label() + WANTED);
    }
    RowList rows = null;
    Parameters parameters = Parameters.NONE;
    while (json.next() == JsonToken.NAME) {
      String key = json.text();
      JsonToken value = json.next();
      if (key.equals(INSTANCES)) {
        rows = instances.list(value, maxRows);
      } else if (key.equals(PARAMETERS)) {
        parameters = Parameters.read(json, value);
      } else {
        json.skip();
      }
    }
    json.requireEnd(WANTED);
    if (rows == null) {
      throw new ServingException(FailureKind.INVALID, "instances: missing" + WANTED);
    }
    return new VertexBody(rows, parameters);
  }
}
