package dev.bertserve.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Well-formed requests around a body, framed in random ways. */
final class FuzzFraming {

  private static final int MOST_CHUNK_BYTES = 3_000;

  /** Header lines that change nothing. */
  private static final String[] IDLE_HEADERS = {
    "Accept: */*",
    "X-Empty:",
    "x-spaces:  \t a \t ",
    "Content-Type: application/json",
    "Content-Type: text/plain; charset=utf-16",
    "Content-Encoding: identity",
    "Cookie: \"",
    "Connection: keep-alive",
    "Accept-Encoding: br",
    "Range: bytes=0-1",
    "If-None-Match: *",
    "Expect: 100-continue",
    "User-Agent: \u00e9\u00ff"
  };

  private final Random random;

  FuzzFraming(Random random) {
    this.random = random;
  }

  /** A request without a body. */
  byte[] bare(String start) {
    return withHead(line(start + " HTTP/1.1") + idleHeaders(), new byte[0]);
  }

  /** A well-formed predict request with {@code body}. */
  byte[] predict(byte[] body) {
    String target =
        one("/predict", "/predict", "/predict?a=%zz#b", "/%70redict", "http://a:1/predict");
    return post(target, "", body);
  }

  /** A well-formed POST request with {@code body}; {@code headers} are whole lines. */
  byte[] post(String target, String headers, byte[] body) {
    String start = line("POST " + target + " HTTP/1.1") + headers + idleHeaders();
    if (random.nextInt(3) == 0) {
      return chunked(start, body);
    }
    return withHead(start + length(body), body);
  }

  byte[] chunked(String lines, byte[] body) {
    byte[] head = latin1(host(lines) + "Transfer-Encoding: chunked\r\n\r\n");
    return FuzzBodies.joined(head, chunks(body));
  }

  byte[] chunks(byte[] body) {
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    int most = 1 + body.length / 50 + random.nextInt(MOST_CHUNK_BYTES);
    for (int at = 0; at < body.length; ) {
      int size = Math.min(body.length - at, 1 + random.nextInt(most));
      String extension = random.nextInt(8) == 0 ? ";a=\"b\"" : "";
      chunks.writeBytes(latin1(Integer.toHexString(size) + extension + "\r\n"));
      chunks.write(body, at, size);
      chunks.writeBytes(latin1("\r\n"));
      at += size;
    }
    chunks.writeBytes(latin1(random.nextInt(4) == 0 ? "0\r\nTrailer: a\r\n\r\n" : "0\r\n\r\n"));
    return chunks.toByteArray();
  }

  private String idleHeaders() {
    StringBuilder headers = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      headers.append(line(one(IDLE_HEADERS)));
    }
    return headers.toString();
  }

  static byte[] withHead(String lines, byte[] body) {
    return FuzzBodies.joined(latin1(host(lines) + "\r\n"), body);
  }

  static String host(String lines) {
    return lines + "Host: a\r\n";
  }

  static String length(byte[] body) {
    return "Content-Length: " + body.length + "\r\n";
  }

  static String line(String text) {
    return text + "\r\n";
  }

  String one(String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
