package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bertserve.server.fixture.KnownAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Random requests, from good ones to bytes that are none. */
final class FuzzRequests {

  static final int MAX_BODY_BYTES = 400_000;

  private static final double TOLERANCE = 1e-5;
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
  private final Random random;

  FuzzRequests(List<KnownAnswer> answers, Random random) {
    this.bodies = new FuzzBodies(answers, random);
    this.random = random;
  }

  /** A request after which the next one can be told. */
  FuzzRequest framed() {
    return switch (random.nextInt(12)) {
      case 0 -> bare("GET /health", 200);
      case 1 -> bare("HEAD /health", 200);
      case 2 -> bare("GET /metrics?a=b", 200);
      case 3 -> bare("GET /no%20where", 404);
      case 4 -> bare("DELETE http://a/predict", 405);
      case 5, 6, 7, 8 -> good();
      default -> damagedBody();
    };
  }

  /** A prediction request of which the answer is known. */
  FuzzRequest good() {
    List<KnownAnswer> rows = bodies.rows();
    return new FuzzRequest(predict(bodies.good(rows)), true, reply -> requireScores(reply, rows));
  }

  /** Bytes that the server may take for any number of requests. */
  FuzzRequest unframed() {
    byte[] body = bodies.good(bodies.rows());
    byte[] bytes =
        switch (random.nextInt(9)) {
          case 0 -> withHead(line("POST /predict HTTP/1.1") + lengthThatLies(body), body);
          case 1 ->
              withHead(
                  line("POST /predict HTTP/1.1") + line(one(BAD_HEADERS)) + length(body), body);
          case 2 -> withHead(line(one(BAD_LINES)) + length(body), body);
          case 3 -> badChunks(body);
          case 4 -> compressed(body);
          case 5 -> tooMuch(body);
          case 6, 7 -> damagedBytes(predict(body));
          default -> randomBytes();
        };
    return new FuzzRequest(bytes, false, reply -> {});
  }

  private FuzzRequest bare(String start, int status) {
    byte[] head = withHead(line(start + " HTTP/1.1") + idleHeaders(), new byte[0]);
    return new FuzzRequest(head, true, reply -> assertThat(reply.status()).isEqualTo(status));
  }

  private FuzzRequest damagedBody() {
    byte[] body = bodies.damaged();
    boolean fits = body.length < MAX_BODY_BYTES;
    return new FuzzRequest(predict(body), fits, reply -> requirePlausible(reply, body));
  }

  /** Accepts a rejection for load, which other clients may cause. */
  private static void requireScores(FuzzReply reply, List<KnownAnswer> rows) throws IOException {
    if (reply.status() == 429) {
      return;
    }
    JsonNode predictions = reply.predictions();
    assertThat(predictions).hasSameSizeAs(rows);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(predictions.get(i).get(0).asDouble())
          .isCloseTo(rows.get(i).score(), within(TOLERANCE));
    }
  }

  /** A 200 means that the body was strict JSON in UTF-8, with as many instances as predictions. */
  private static void requirePlausible(FuzzReply reply, byte[] body) throws IOException {
    assertThat(reply.status()).isIn(200, 400, 413, 429);
    if (reply.status() != 200) {
      return;
    }
    JsonNode instances = FuzzReply.JSON.readTree(strictUtf8(body)).path("instances");
    assertThat(instances.isArray()).isTrue();
    assertThat(reply.predictions()).hasSameSizeAs(instances);
  }

  private static String strictUtf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /** A well-formed predict request with {@code body}. */
  private byte[] predict(byte[] body) {
    String target =
        one("/predict", "/predict", "/predict?a=%zz#b", "/%70redict", "http://a:1/predict");
    String start = line("POST " + target + " HTTP/1.1") + idleHeaders();
    if (random.nextInt(3) == 0) {
      return joined(latin1(host(start) + "Transfer-Encoding: chunked\r\n\r\n"), chunks(body));
    }
    return withHead(start + length(body), body);
  }

  private byte[] chunks(byte[] body) {
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

  private byte[] badChunks(byte[] body) {
    byte[] head =
        latin1(host(line("POST /predict HTTP/1.1")) + "Transfer-Encoding: chunked\r\n\r\n");
    byte[] good = random.nextBoolean() ? new byte[0] : chunks(body);
    byte[] bad = latin1(one(BAD_CHUNKS));
    int at = good.length == 0 ? 0 : random.nextInt(good.length);
    return joined(head, FuzzBodies.replaced(good, at, at, bad));
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
        : joined(latin1(host(start) + "Transfer-Encoding: chunked\r\n\r\n"), chunks(sent));
  }

  /** Longer than a limit: the body, its chunks, a header, all headers, or the target. */
  private byte[] tooMuch(byte[] body) {
    String start = line("POST /predict HTTP/1.1");
    byte[] large = new byte[MAX_BODY_BYTES + 1 + random.nextInt(MAX_BODY_BYTES)];
    return switch (random.nextInt(5)) {
      case 0 -> withHead(start + length(large), large);
      case 1 -> joined(latin1(host(start) + "Transfer-Encoding: chunked\r\n\r\n"), chunks(large));
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
              : latin1(one("\r\n", "\n", "\r", ":", " ", "\0", ""));
      bytes = FuzzBodies.replaced(bytes, at, end, middle);
    }
    return bytes.length == 0 ? randomBytes() : bytes;
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[1 + random.nextInt(random.nextInt(8) == 0 ? 20_000 : 16)];
    random.nextBytes(bytes);
    return bytes;
  }

  private String idleHeaders() {
    StringBuilder headers = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      headers.append(line(one(IDLE_HEADERS)));
    }
    return headers.toString();
  }

  private byte[] withHead(String lines, byte[] body) {
    return joined(latin1(host(lines) + "\r\n"), body);
  }

  private static String host(String lines) {
    return lines + "Host: a\r\n";
  }

  private static String length(byte[] body) {
    return "Content-Length: " + body.length + "\r\n";
  }

  private static String line(String text) {
    return text + "\r\n";
  }

  private String one(String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  private static byte[] joined(byte[] first, byte[] second) {
    return FuzzBodies.joined(first, second);
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
