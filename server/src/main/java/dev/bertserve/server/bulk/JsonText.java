package dev.bertserve.server.bulk;

import dev.bertserve.server.protocol.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Texts as JSON strings. */
final class JsonText {

  private JsonText() {}

  static String quoted(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
    try (JsonWriter json = new JsonWriter(bytes)) {
      json.value(text);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
