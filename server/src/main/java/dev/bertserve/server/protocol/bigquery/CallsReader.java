package dev.bertserve.server.protocol.bigquery;

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

/** Reads {@code {"calls": [[...], ...]}}. One body, one thread. */
final class CallsReader {

  private static final String CALLS = "calls";
  private static final String WANTED = " (expected: {\"calls\": [[...], ...]})";

  private static final InstanceRules RULES =
      new InstanceRules(CALLS, true, NullText.NULL, "", QuotedNumbers.REAL_AND_WHOLE);

  private CallsReader() {}

  /**
   * Returns a row for each call; a row with a NULL argument is null. Throws TOO_LARGE as soon as
   * there are more than {@code maxRows} calls.
   */
  static RowList read(byte[] body, List<InputSpec> inputs, int maxRows) {
    try (JsonReader json = new JsonReader(body)) {
      JsonToken start = json.next();
      if (start != JsonToken.OBJECT) {
        throw invalid("body: " + start.label() + WANTED);
      }
      RowList rows = null;
      while (json.next() == JsonToken.NAME) {
        boolean isCalls = json.text().equals(CALLS);
        JsonToken value = json.next();
        if (isCalls) {
          rows = new InstanceReader(json, inputs, RULES).list(value, maxRows);
        } else {
          json.skip();
        }
      }
      json.requireEnd(WANTED);
      if (rows == null) {
        throw invalid("calls: missing" + WANTED);
      }
      return rows;
    }
  }

  private static ServingException invalid(String message) {
    return new ServingException(FailureKind.INVALID, message);
  }
}
