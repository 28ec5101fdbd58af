package dev.bertserve.server.endpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** {@code {"<key>":"<message>"}} on one line, in ASCII, with any message. */
record ErrorBody(String key, String message) implements Payload {

  @Override
  public boolean writeTo(OutputStream sink) throws IOException {
    sink.write(toString().getBytes(StandardCharsets.UTF_8));
    return false;
  }

  @Override
  public String toString() {
    StringBuilder json =
        new StringBuilder(message.length() + 16).append("{\"").append(key).append("\":\"");
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7F) {
        json.append(c);
      } else {
        appendEscaped(json, c);
      }
    }
    return json.append("\"}").toString();
  }

  private static void appendEscaped(StringBuilder json, char c) {
    json.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      json.append(Character.forDigit((c >> shift) & 0xF, 16));
    }
  }
}
