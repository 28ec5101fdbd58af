package dev.bertserve.server;

import static dev.bertserve.server.FuzzFraming.host;
import static dev.bertserve.server.FuzzFraming.latin1;
import static dev.bertserve.server.FuzzFraming.length;
import static dev.bertserve.server.FuzzFraming.line;
import static dev.bertserve.server.FuzzFraming.withHead;
import static dev.bertserve.server.FuzzRequests.MAX_BODY_BYTES;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Requests with damage in what frames them, and bytes that are no requests. */
final class FuzzDamage {

  /** Header lines that the server may refuse, or that change how it frames. */
  private static final String[] BAD_HEADERS = {
    "Content-Length: -1",
    "Content-Length: 0x10",
    "Content-Length: 5",
    "Content-Length: 1, 1",
    "Content-Length: 99999999999999999999",
    "Content-Length: 4294967297",
    "Content-Length:",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding: chunked, chunked",
    "transfer-encoding : chunked",
    "Expect: 200-ok",
    "Expect: 100-continue, a",
    "Content-Encoding: deflate",
    "Content-Encoding: gzip, gzip",
    "Connection: close",
    "Connection: upgrade\r\nUpgrade: h2c",
    "Host: b",
    "Host",
    ": a",
    "A B: c",
    "A: b\0c",
    " folded",
    "A: b\rC: d",
    "X-Request-Timeout-Ms: 1",
    "X-Request-Timeout-Ms: x",
    "\u00e9: a",
    "Content-Length: 7\u0660"
  };

  private static final String[] BAD_LINES = {
    "GET /health",
    "GET /health HTTP/0.9",
    "GET /health HTTP/1.2",
    "GET /health HTTP/2.0",
    "GET  HTTP/1.1",
    "POST /predict HTTP/1.0",
    "POST /predict FTP/1.1",
    "post /predict HTTP/1.1",
    "CONNECT a:1 HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "TRACE /health HTTP/1.1",
    "POST /pre%zzdict HTTP/1.1",
    "POST /%00 HTTP/1.1",
    "POST /predict\t HTTP/1.1",
    "POST //predict HTTP/1.1",
    "POST http:///predict HTTP/1.1",
    "POST ../predict HTTP/1.1",
    "POST /\u00e9 HTTP/1.1",
    "POST /predict HTTP/1.1 a",
    "PRI * HTTP/2.0",
    "\u0016\u0003\u0001\u0002",
    "",
    "\r\n\r\n\r\nGET /health HTTP/1.1",
    "GET /health HTTP/1.99999999999"
  };

  private static final String[] BAD_CHUNKS = {
    "xyz\r\n",
    "-1\r\n",
    "fffffffffff\r\n",
    "7fffffff\r\na",
    "1\r\nabc\r\n",
    "2\r\na",
    "1\r\na\r\n",
    "1\r\na0\r\n\r\n",
    "1;a=b\r\na\r\n0\r\nA: b\r\n\r\n",
    "0\r\nA B\r\n\r\n",
    "0\r\n",
    "\r\n",
    "1\na\n0\n\n",
    "0\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n",
    " 1 \r\na\r\n0\r\n\r\n"
  };

  private final FuzzBodies bodies;
  private final FuzzFraming framing;
  private final Random random;

  FuzzDamage(FuzzBodies bodies, FuzzFraming framing, Random random) {
    this.bodies = bodies;
    this.framing = framing;
    this.random = random;
  }

  /** Bytes that the server may take for any number of requests. */
  byte[] bytes() {
    byte[] body = bodies.good(bodies.rows());
    return switch (random.nextInt(9)) {
      case 0 -> withHead(line("POST /predict HTTP/1.1") + lengthThatLies(body), body);
      case 1 ->
          withHead(
              line("POST /predict HTTP/1.1") + line(framing.one(BAD_HEADERS)) + length(body), body);
      case 2 -> withHead(line(framing.one(BAD_LINES)) + length(body), body);
      case 3 -> badChunks(body);
      case 4 -> compressed(body);
      case 5 -> tooMuch(body);
      case 6, 7 -> damagedBytes(framing.predict(body));
      default -> randomBytes();
    };
  }

  private byte[] badChunks(byte[] body) {
    byte[] head =
        latin1(host(line("POST /predict HTTP/1.1")) + "Transfer-Encoding: chunked\r\n\r\n");
    byte[] good = random.nextBoolean() ? new byte[0] : framing.chunks(body);
    byte[] bad = latin1(framing.one(BAD_CHUNKS));
    int at = good.length == 0 ? 0 : random.nextInt(good.length);
    return FuzzBodies.joined(head, FuzzBodies.replaced(good, at, at, bad));
  }

  /** Gzip that is whole, cut off, damaged or none at all. */
  private byte[] compressed(byte[] body) {
    byte[] plain = random.nextInt(4) == 0 ? new byte[2 * MAX_BODY_BYTES] : body;
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] whole = zipped.toByteArray();
    byte[] sent =
        switch (random.nextInt(4)) {
          case 0 -> whole;
          case 1 ->
              FuzzBodies.replaced(whole, random.nextInt(whole.length), whole.length, new byte[0]);
          case 2 -> damagedBytes(whole);
          default -> body;
        };
    String start = line("POST /predict HTTP/1.1") + line("Content-Encoding: gzip");
    return random.nextBoolean()
        ? withHead(start + length(sent), sent)
        : framing.chunked(start, sent);
  }

  /** Longer than a limit: the body, its chunks, a header, all headers, or the target. */
  private byte[] tooMuch(byte[] body) {
    String start = line("POST /predict HTTP/1.1");
    byte[] large = new byte[MAX_BODY_BYTES + 1 + random.nextInt(MAX_BODY_BYTES)];
    return switch (random.nextInt(5)) {
      case 0 -> withHead(start + length(large), large);
      case 1 -> framing.chunked(start, large);
      case 2 -> withHead(start + line("A: " + "x".repeat(40_000)) + length(body), body);
      case 3 -> withHead(start + line("A: b").repeat(7_000) + length(body), body);
      default -> withHead(line("GET /" + "x".repeat(10_000) + " HTTP/1.1"), body);
    };
  }

  private String lengthThatLies(byte[] body) {
    int lie = random.nextInt(2 * body.length + 1);
    return random.nextInt(4) == 0
        ? length(body) + "Content-Length: " + lie + "\r\n"
        : "Content-Length: " + lie + "\r\n";
  }

  private byte[] damagedBytes(byte[] request) {
    byte[] bytes = request;
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      int end = Math.min(bytes.length, at + random.nextInt(20));
      byte[] middle =
          random.nextBoolean()
              ? randomBytes()
              : latin1(framing.one("\r\n", "\n", "\r", ":", " ", "\0", ""));
      bytes = FuzzBodies.replaced(bytes, at, end, middle);
    }
    return bytes.length == 0 ? randomBytes() : bytes;
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[1 + random.nextInt(random.nextInt(8) == 0 ? 20_000 : 16)];
    random.nextBytes(bytes);
    return bytes;
  }
}
