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

  /** Bodies that are not JSON, or not as the route wants it. */
  private static final String[] BODIES = {
    // not JSON
    "",
    " ",
    "\n",
    "x",
    "{",
    "}",
    "[",
    "]",
    "{}}",
    "{\"",
    "{\"instances",
    "{\"instances\"",
    "{\"instances\":",
    "{\"instances\":}",
    "{\"instances\":[",
    "{\"instances\":[\"a\"",
    "{\"instances\":[\"a\",",
    "{\"instances\":[\"a\"]",
    "{\"instances\":[\"a]}",
    "{\"instances\":[\"a\",]}",
    "{\"instances\":[,\"a\"]}",
    "{\"instances\":[\"a\" \"b\"]}",
    "{\"instances\":[\"a\"],}",
    "{\"instances\":[\"a\"]]",
    "{\"instances\":[\"a\"]}}",
    "{\"instances\":[\"a\"]}]",
    "{\"instances\":[\"a\"]} x",
    "{\"instances\":[\"a\"]} {}",
    "{\"instances\":[\"a\"]},",
    "{\"instances\":[\"a\"]}{\"instances\":[\"a\"]}",
    "{instances:[\"a\"]}",
    "{'instances':[\"a\"]}",
    "{\"instances\":['a']}",
    "{\"instances\":[a]}",
    "{\"instances\" [\"a\"]}",
    "{\"instances\"=[\"a\"]}",
    "{\"instances\":(\"a\")}",
    "{\"instances\":[\"a\"];}",
    "{\"instances\":[\"\\x\"]}",
    "{\"instances\":[\"\\u\"]}",
    "{\"instances\":[\"\\u12\"]}",
    "{\"instances\":[\"\\u12zz\"]}",
    "{\"instances\":[\"\\\"]}",
    "{\"instances\":[\"a\tb\"]}",
    "{\"instances\":[\"a\nb\"]}",
    "{\"instances\":[\"a\rb\"]}",
    "{\"instances\":[\"a\0b\"]}",
    "{\"instances\":[\"a\u001fb\"]}",
    "{\"instances\":[nul]}",
    "{\"instances\":[NULL]}",
    "{\"instances\":[None]}",
    "{\"instances\":[undefined]}",
    "{\"instances\":[True]}",
    "{\"instances\":[tru]}",
    "{\"instances\":[NaN]}",
    "{\"instances\":[Infinity]}",
    "{\"instances\":[-Infinity]}",
    "{\"instances\":[+1]}",
    "{\"instances\":[01]}",
    "{\"instances\":[1.]}",
    "{\"instances\":[.5]}",
    "{\"instances\":[1e]}",
    "{\"instances\":[-]}",
    "{\"instances\":[0x1]}",
    "// comment\n{\"instances\":[\"a\"]}",
    "{\"instances\":[\"a\"] /* comment */}",
    "{\"instances\":[\"a\"] # comment\n}",
    "<instances><a/></instances>",
    "instances=a",
    "instances=a&parameters=b",
    "--boundary\r\nContent-Disposition: form-data\r\n\r\na\r\n--boundary--",
    "{\"instances\":[\"a\"],\"parameters\":}",
    "{\"instances\":[\"a\"],\"parameters\":{]}",
    "{\"instances\":[\"a\"],\"parameters\":{\"a\":01}}",
    "{\"instances\":[\"a\"],\"parameters\":[NaN]}",
    "{\"parameters\":{,},\"instances\":[\"a\"]}",
    "{\"instances\":[\"a\"],\"instances\":[\"b\"]}",
    "{\"instances\":[\"a\"],\"a\":1,\"a\":2}",
    "{\"instances\":[\"a\"],\"parameters\":{\"a\":1,\"a\":2}}",
    "{\"instances\":[{\"text\":\"a\",\"text\":\"b\"}]}",
    "[".repeat(200),
    "[".repeat(200_000),
    "{\"a\":".repeat(200),
    "{\"instances\":[" + "[".repeat(200) + "]".repeat(200) + "]}",
    "{\"parameters\":" + "[".repeat(200) + "]".repeat(200) + ",\"instances\":[\"a\"]}",
    "{\"parameters\":" + "9".repeat(5_000) + "x,\"instances\":[\"a\"]}",
    // JSON of the wrong shape
    "null",
    "true",
    "false",
    "0",
    "1.5",
    "\"instances\"",
    "[]",
    "[\"a\"]",
    "[{\"instances\":[\"a\"]}]",
    "{}",
    "{\"Instances\":[\"a\"]}",
    "{\"INSTANCES\":[\"a\"]}",
    "{\"instance\":[\"a\"]}",
    "{\" instances\":[\"a\"]}",
    "{\"inputs\":[\"a\"]}",
    "{\"predictions\":[\"a\"]}",
    "{\"parameters\":{\"instances\":[\"a\"]}}",
    "{\"\":[\"a\"]}",
    "{\"instances\":null}",
    "{\"instances\":true}",
    "{\"instances\":false}",
    "{\"instances\":0}",
    "{\"instances\":\"a\"}",
    "{\"instances\":\"[]\"}",
    "{\"instances\":{}}",
    "{\"instances\":{\"text\":\"a\"}}",
    "{\"instances\":{\"text\":[\"a\"]}}",
    "{\"instances\":{\"0\":\"a\"}}",
    // rows of the wrong shape
    "{\"instances\":[null]}",
    "{\"instances\":[true]}",
    "{\"instances\":[false]}",
    "{\"instances\":[0]}",
    "{\"instances\":[-1]}",
    "{\"instances\":[1.5]}",
    "{\"instances\":[1e400]}",
    "{\"instances\":[123456789012345678901234567890]}",
    "{\"instances\":[\"a\",null]}",
    "{\"instances\":[\"a\",1,\"b\"]}",
    "{\"instances\":[\"a\",\"b\",true]}",
    "{\"instances\":[[]]}",
    "{\"instances\":[\"a\",[]]}",
    "{\"instances\":[[\"a\",\"b\"]]}",
    "{\"instances\":[[\"a\"],[\"a\",\"b\"]]}",
    "{\"instances\":[[null]]}",
    "{\"instances\":[[1]]}",
    "{\"instances\":[[true]]}",
    "{\"instances\":[[[\"a\"]]]}",
    "{\"instances\":[[{\"text\":\"a\"}]]}",
    "{\"instances\":[[{\"b64\":1}]]}",
    "{\"instances\":[[\"a\",1]]}",
    "{\"instances\":[{}]}",
    "{\"instances\":[\"a\",{}]}",
    "{\"instances\":[{\"text\":null}]}",
    "{\"instances\":[{\"text\":1}]}",
    "{\"instances\":[{\"text\":true}]}",
    "{\"instances\":[{\"text\":[]}]}",
    "{\"instances\":[{\"text\":[\"a\"]}]}",
    "{\"instances\":[{\"text\":{}}]}",
    "{\"instances\":[{\"text\":{\"text\":\"a\"}}]}",
    "{\"instances\":[{\"text\":{\"b64\":1}}]}",
    "{\"instances\":[{\"text\":{\"b64\":\"YQ==\",\"a\":1}}]}",
    "{\"instances\":[{\"text\":\"a\",\"id\":1}]}",
    "{\"instances\":[{\"text\":\"a\",\"title\":\"b\"}]}",
    "{\"instances\":[{\"id\":1,\"text\":\"a\"}]}",
    "{\"instances\":[{\"text\":\"a\"},{\"text\":\"a\",\"key\":null}]}",
    "{\"instances\":[{\"text\":\"a\",\"b64\":\"YQ==\"}]}",
    "{\"instances\":[{\"b64\":null}]}",
    "{\"instances\":[{\"b64\":1}]}",
    "{\"instances\":[{\"b64\":[\"YQ==\"]}]}",
    "{\"instances\":[{\"b64\":{\"b64\":\"YQ==\"}}]}",
    "{\"instances\":[{\"b64\":\"*\"}]}",
    "{\"instances\":[{\"b64\":\"a\"}]}",
    "{\"instances\":[{\"b64\":\"YQ=\"}]}",
    "{\"instances\":[{\"b64\":\"YQ===\"}]}",
    "{\"instances\":[{\"b64\":\"Y Q==\"}]}",
    "{\"instances\":[{\"b64\":\"_-8=\"}]}",
    "{\"instances\":[{\"b64\":\"gA==\"}]}",
    "{\"instances\":[{\"b64\":\"/w==\"}]}",
    "{\"instances\":[{\"b64\":\"7aCA\"}]}",
    "{\"instances\":[{\"b64\":\"YQ==\",\"text\":\"a\"}]}"
  };

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
    for (String body : BODIES) {
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
