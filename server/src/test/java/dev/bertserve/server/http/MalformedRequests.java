package dev.bertserve.server.http;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The table of requests that must be refused, each with its exact status. */
final class MalformedRequests {

  /** One row: what it is called, what goes over the wire, and what must come back. */
  @SuppressWarnings("ArrayRecordComponent")
  record Case(String name, byte[] bytes, int status) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final int SHOWN = 80;

  /** Bytes in hex within a string of an otherwise good body: never UTF-8. */
  private static final int[][] BYTES = {
    {0x80},
    {0xBF},
    {0xC0, 0x80},
    {0xC1, 0xBF},
    {0xC3},
    {0xC3, 0x28},
    {0xE0, 0x80, 0x80},
    {0xE4, 0xB8},
    {0xED, 0xA0, 0x80},
    {0xED, 0xBF, 0xBF},
    {0xF0, 0x80, 0x80, 0x80},
    {0xF0, 0x9F, 0x98},
    {0xF4, 0x90, 0x80, 0x80},
    {0xF5, 0x80, 0x80, 0x80},
    {0xFE},
    {0xFF}
  };

  /** Whole requests, by status. */
  private static final String[] BAD_REQUESTS = {
    "GARBAGE\r\n\r\n",
    "GET\r\n\r\n",
    "GET /health\r\n\r\n",
    "GET /health HTTP\r\n\r\n",
    "GET /health HTTP/\r\n\r\n",
    "GET /health HTTP/x.y\r\n\r\n",
    "GET /health HTTP/0.9\r\nHost: a\r\n\r\n",
    "GET /health HTTP/1.2\r\nHost: a\r\n\r\n",
    "GET /health HTTP/2.0\r\nHost: a\r\n\r\n",
    "GET /health FTP/1.1\r\nHost: a\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\u0016\u0003\u0001\u0002\0\u0001\r\n\r\n",
    "GET /health HTTP/1.1\r\n\r\n",
    "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET /health HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n",
    "GET /health HTTP/1.1\r\nHost: a\r\nName : b\r\n\r\n",
    "GET /health HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
    "GET /health HTTP/1.1\r\nHost: a\r\nA: b\0c\r\n\r\n",
    "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /health%4 HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
    "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 0x10\r\n\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\nab",
    "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET /health HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
    "POST /predict HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
    "POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"
  };

  private static final String[] UNKNOWN_PATHS = {
    "/",
    "/nowhere",
    "/predict//",
    "/Predict",
    "/predict:",
    "//predict",
    "/predict/../predict",
    "/v1/endpoints/1/deployedModels/2",
    "/%70redict%2Fa",
    "/predict;a=b",
    "/favicon.ico",
    "/metrics/a",
    "http://a/nowhere",
    "*"
  };

  private static final String[] WRONG_METHODS = {
    "GET /predict", "HEAD /predict", "PUT /predict", "DELETE /predict", "PATCH /predict",
    "OPTIONS /predict", "TRACE /predict", "POST /health", "PUT /health", "POST /metrics",
    "BREW /predict", "post /predict"
  };

  private MalformedRequests() {}

  static List<Case> all() {
    List<Case> all = new ArrayList<>();
    for (String body : MalformedBodies.texts()) {
      all.add(new Case("body " + shown(body), withBody(utf8(body)), 400));
    }
    for (int[] bytes : BYTES) {
      all.add(new Case("bytes " + hex(bytes), withBody(inString(bytes)), 400));
    }
    for (String encoding : new String[] {"UTF-16LE", "UTF-16BE", "UTF-16"}) {
      byte[] body = "{\"instances\":[\"a\"]}".getBytes(Charset.forName(encoding));
      all.add(new Case("body in " + encoding, withBody(body), 400));
    }
    for (String request : BAD_REQUESTS) {
      all.add(new Case("request " + shown(request), utf8(request), 400));
    }
    for (String path : UNKNOWN_PATHS) {
      all.add(bare("path " + path, "POST " + path + " HTTP/1.1\r\n", 404));
    }
    for (String line : WRONG_METHODS) {
      all.add(bare("method " + line, line + " HTTP/1.1\r\n", 405));
    }
    for (String coding :
        new String[] {"br", "zstd", "gzip, deflate", "gzip, gzip", "compress", "x"}) {
      all.add(header("coding " + coding, "Content-Encoding: " + coding + "\r\n", 415));
    }
    for (String coding : new String[] {"gzip", "x-gzip", "deflate", "gzip, identity"}) {
      all.add(header("no body in " + coding, "Content-Encoding: " + coding + "\r\n", 400));
      String head = "Content-Encoding: " + coding + "\r\nContent-Length: 19\r\n";
      all.add(
          new Case(
              "plain body said to be " + coding,
              utf8("POST /predict HTTP/1.1\r\nHost: a\r\n" + head + "\r\n{\"instances\":[\"a\"]}"),
              400));
    }
    all.add(header("two codings", "Content-Encoding: gzip\r\nContent-Encoding: deflate\r\n", 415));
    all.add(header("expectation", "Expect: 200-ok\r\n", 417));
    all.add(header("length over limit", "Content-Length: 1000001\r\n", 413));
    all.add(header("length over int", "Content-Length: 5000000000\r\n", 413));
    all.add(header("one long header", "A: " + "x".repeat(40_000) + "\r\n", 431));
    all.add(header("many headers", "A: xxxxxxxx\r\n".repeat(10_000), 431));
    all.add(bare("long path", "POST /" + "x".repeat(10_000) + " HTTP/1.1\r\n", 414));
    all.add(bare("long query", "POST /predict?" + "x".repeat(10_000) + " HTTP/1.1\r\n", 414));
    all.add(new Case("no line end", utf8("x".repeat(10_000)), 414));
    return all;
  }

  private static Case bare(String name, String line, int status) {
    return new Case(name, utf8(line + "Host: a\r\nContent-Length: 0\r\n\r\n"), status);
  }

  private static Case header(String name, String header, int status) {
    return new Case(name, utf8("POST /predict HTTP/1.1\r\nHost: a\r\n" + header + "\r\n"), status);
  }

  private static byte[] withBody(byte[] body) {
    byte[] head =
        utf8("POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n");
    return joined(head, body);
  }

  private static byte[] inString(int[] bytes) {
    byte[] middle = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      middle[i] = (byte) bytes[i];
    }
    return joined(joined(utf8("{\"instances\":[\"a"), middle), utf8("\"]}"));
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = new byte[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(int[] bytes) {
    StringBuilder hex = new StringBuilder();
    for (int one : bytes) {
      hex.append(Integer.toHexString(one)).append(' ');
    }
    return hex.toString().trim();
  }

  private static String shown(String text) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length() && i < SHOWN; i++) {
      char c = text.charAt(i);
      line.append(c < ' ' ? "<" + (int) c + ">" : String.valueOf(c));
    }
    return text.length() <= SHOWN ? line.toString() : line + "... (" + text.length() + ")";
  }
}
