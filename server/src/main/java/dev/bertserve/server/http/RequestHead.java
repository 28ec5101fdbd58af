package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.HttpFailure;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/**
 * A request without its body, checked against HTTP's rules.
 *
 * @param path decoded, without the query
 * @param coding how the body is compressed
 * @param takesChunks whether the client understands chunked responses
 * @param keepAlive whether the client wants to keep the connection open
 * @param expectsContinue whether the client waits for a 100 before it sends the body
 * @param contentLength -1 if the body is chunked
 */
record RequestHead(
    String method,
    String path,
    HttpHeaders headers,
    ContentCoding coding,
    boolean takesChunks,
    boolean keepAlive,
    boolean expectsContinue,
    long contentLength) {

  /** Throws {@link HttpFailure} for a request that is rejected before its body is read. */
  static RequestHead of(HttpRequest request, String path, int maxBodyBytes) {
    HttpHeaders headers = request.headers();
    requireVersion(request);
    requireHost(request);
    boolean chunked = requireFraming(request);
    ContentCoding coding = ContentCoding.of(headers);
    long length = chunked ? -1 : HttpUtil.getContentLength(request, 0L);
    if (length > maxBodyBytes) {
      throw BodyBuffer.tooLarge(maxBodyBytes);
    }
    return new RequestHead(
        request.method().name(),
        path,
        headers,
        coding,
        request.protocolVersion().equals(HttpVersion.HTTP_1_1),
        HttpUtil.isKeepAlive(request),
        requireExpectation(request),
        length);
  }

  boolean isGet() {
    return method.equals("GET");
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /** Value of a header, or the empty string. */
  String header(String name) {
    return headers.get(name, "");
  }

  /** Whether the client accepts a response compressed with gzip. */
  boolean acceptsGzip() {
    String accepted = String.join(",", headers.getAll(HttpHeaderNames.ACCEPT_ENCODING));
    return !accepted.isEmpty() && AcceptEncoding.allowsGzip(accepted);
  }

  private static void requireVersion(HttpRequest request) {
    HttpVersion version = request.protocolVersion();
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      throw bad("version: " + version + " (expected: HTTP/1.1 or HTTP/1.0)");
    }
  }

  private static void requireHost(HttpRequest request) {
    int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
    boolean optional = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    if (hosts > 1 || (hosts == 0 && !optional)) {
      throw bad("host: " + hosts + " headers (expected: one)");
    }
  }

  private static boolean requireFraming(HttpRequest request) {
    // With both keys of an old WebSocket draft, Netty reads a body of which no header tells.
    if (request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)
        && request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY2)) {
      throw bad("sec-websocket-key1: present (expected: no WebSocket)");
    }
    List<String> encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (encodings.isEmpty()) {
      return false;
    }
    boolean chunked =
        encodings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encodings.get(0));
    if (!chunked || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      throw bad("transfer-encoding: " + encodings.get(0) + " (expected: chunked, in HTTP/1.1)");
    }
    return true;
  }

  private static boolean requireExpectation(HttpRequest request) {
    String expect = request.headers().get(HttpHeaderNames.EXPECT, "");
    if (expect.isEmpty()) {
      return false;
    }
    if (!HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expect)) {
      throw new HttpFailure(
          HttpResponseStatus.EXPECTATION_FAILED.code(),
          "expect: " + expect + " (expected: 100-continue)");
    }
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1);
  }

  private static HttpFailure bad(String message) {
    return new HttpFailure(HttpResponseStatus.BAD_REQUEST.code(), message);
  }
}
