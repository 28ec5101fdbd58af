package dev.bertserve.server.http;

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
 * @param takesChunks whether the client knows a chunked body when it gets one
 * @param keepAlive whether the client wants the connection kept
 * @param expectsContinue whether the client waits for a 100 before it sends the body
 * @param contentLength -1 if the body is chunked
 */
record RequestHead(
    String method,
    String path,
    HttpHeaders headers,
    boolean takesChunks,
    boolean keepAlive,
    boolean expectsContinue,
    long contentLength) {

  /** Throws {@link HttpFault} for a request that must not be read on. */
  static RequestHead of(HttpRequest request, int maxBodyBytes) {
    HttpHeaders headers = request.headers();
    requireVersion(request);
    requireHost(request);
    boolean chunked = requireFraming(request);
    requirePlain(headers);
    long length = chunked ? -1 : HttpUtil.getContentLength(request, 0L);
    if (length > maxBodyBytes) {
      throw BodyBuffer.tooLarge(maxBodyBytes);
    }
    return new RequestHead(
        request.method().name(),
        RequestTarget.path(request.uri()),
        headers,
        request.protocolVersion().equals(HttpVersion.HTTP_1_1),
        HttpUtil.isKeepAlive(request),
        requireExpectation(request),
        length);
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /** Value of a header, or the empty string. */
  String header(String name) {
    return headers.get(name, "");
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

  private static void requirePlain(HttpHeaders headers) {
    String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING, "");
    if (!encoding.isEmpty() && !HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(encoding)) {
      throw new HttpFault(
          HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
          "content-encoding: " + encoding + " (expected: none, send the body uncompressed)");
    }
  }

  private static boolean requireExpectation(HttpRequest request) {
    String expect = request.headers().get(HttpHeaderNames.EXPECT, "");
    if (expect.isEmpty()) {
      return false;
    }
    if (!HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expect)) {
      throw new HttpFault(
          HttpResponseStatus.EXPECTATION_FAILED, "expect: " + expect + " (expected: 100-continue)");
    }
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1);
  }

  private static HttpFault bad(String message) {
    return new HttpFault(HttpResponseStatus.BAD_REQUEST, message);
  }
}
