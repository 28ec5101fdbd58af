package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.InstanceReader;
import dev.bertserve.server.protocol.rows.InstanceRules;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.QuotedNumbers;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.InputSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code {"instances": [...], "parameters": {...}}}. One body, one thread. */
final class VertexReader {

  private static final String INSTANCES = "instances";
  private static final String PARAMETERS = "parameters";
  private static final String WANTED = " (expected: {\"instances\": [...]})";

  private static final String NULL_CURE = ", or null with --null-text null";

  private final JsonReader json;

  /** Null where instances are skipped. */
  private final @Nullable InstanceReader instances;

  private final int maxRows;
  private @Nullable RowList rows;
  private Parameters parameters = Parameters.NONE;

  private VertexReader(JsonReader json, @Nullable InstanceReader instances, int maxRows) {
    this.json = json;
    this.instances = instances;
    this.maxRows = maxRows;
  }

  /**
   * Returns the rows, each with its texts in the order of {@code inputs}. Throws INVALID for a
   * malformed body, and TOO_LARGE as soon as there are more than {@code maxRows} rows.
   */
  static VertexBody read(byte[] body, List<InputSpec> inputs, int maxRows, NullText nullText) {
    try (JsonReader json = open(body)) {
      InstanceRules rules =
          new InstanceRules(INSTANCES, true, nullText, NULL_CURE, QuotedNumbers.REAL);
      VertexReader reader =
          new VertexReader(json, new InstanceReader(json, inputs, rules), maxRows);
      reader.document();
      if (reader.rows == null) {
        throw new ServingException(FailureKind.INVALID, "instances: missing" + WANTED);
      }
      return new VertexBody(reader.rows, reader.parameters);
    }
  }

  /** The parameters alone. Throws INVALID for a malformed body. */
  static Parameters parameters(byte[] body) {
    try (JsonReader json = open(body)) {
      VertexReader reader = new VertexReader(json, null, 0);
      reader.document();
      return reader.parameters;
    }
  }

  private static JsonReader open(byte[] body) {
    if (body.length == 0) {
      throw new ServingException(FailureKind.INVALID, "body: empty" + WANTED);
    }
    return new JsonReader(body);
  }

  private void document() {
    JsonToken start = json.next();
    if (start != JsonToken.OBJECT) {
      throw new ServingException(FailureKind.INVALID, "body: " + start.label() + WANTED);
    }
    while (json.next() == JsonToken.NAME) {
      String key = json.text();
      JsonToken value = json.next();
      if (key.equals(INSTANCES) && instances != null) {
        rows = instances.list(value, maxRows);
      } else if (key.equals(PARAMETERS)) {
        parameters = Parameters.read(json, value);
      } else {
        json.skip();
      }
    }
    json.requireEnd(WANTED);
  }
}
