package dev.bertserve.server.bulk;

import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A value as JSON.
 *
 * @param json its text
 * @param string what it holds if it is a string; otherwise null
 */
record JsonText(String json, @Nullable String string) {

  static String quoted(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
    try (JsonWriter json = new JsonWriter(bytes)) {
      json.value(text);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Reads the value that starts with {@code token}. */
  static JsonText read(JsonReader reader, JsonToken token) throws IOException {
    String string = token == JsonToken.STRING ? reader.text() : null;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonWriter json = new JsonWriter(bytes)) {
      copy(reader, token, json);
    }
    return new JsonText(bytes.toString(StandardCharsets.UTF_8), string);
  }

  private static void copy(JsonReader reader, JsonToken start, JsonWriter json) throws IOException {
    JsonToken token = start;
    int depth = 0;
    do {
      switch (token) {
        case OBJECT -> json.beginObject();
        case OBJECT_END -> json.endObject();
        case ARRAY -> json.beginArray();
        case ARRAY_END -> json.endArray();
        case NAME -> json.name(reader.text());
        case STRING -> json.value(reader.text());
        case NUMBER, BOOLEAN, NULL -> json.raw(reader.text());
        case END -> throw new IllegalStateException("token: end (expected: within a value)");
      }
      depth += token == JsonToken.OBJECT || token == JsonToken.ARRAY ? 1 : 0;
      depth -= token == JsonToken.OBJECT_END || token == JsonToken.ARRAY_END ? 1 : 0;
      token = depth > 0 ? reader.next() : JsonToken.END;
    } while (depth > 0);
  }

  /** The value where it has no type: a string, null, or this. */
  @Nullable Object datum() {
    return string != null ? string : json.equals("null") ? null : this;
  }

  @Override
  public String toString() {
    return json;
  }
}
