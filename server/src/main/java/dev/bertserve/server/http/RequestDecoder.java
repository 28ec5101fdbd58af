package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.HttpFailure;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** Splits bytes into requests. A request that states its length in two ways is malformed. */
final class RequestDecoder extends HttpRequestDecoder {

  private static final int MAX_LINE_BYTES = 8 * 1024;
  private static final int MAX_HEADER_BYTES = 32 * 1024;
  private static final int MAX_CHUNK_BYTES = 64 * 1024;

  RequestDecoder() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxChunkSize(MAX_CHUNK_BYTES));
  }

  /** What the client is told of a request that could not be decoded. */
  static HttpFailure failure(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return new HttpFailure(
          HttpResponseStatus.REQUEST_URI_TOO_LONG.code(),
          "request line: too long (expected: <= 8 KiB)");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new HttpFailure(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE.code(),
          "headers: too long (expected: <= 32 KiB)");
    }
    return new HttpFailure(
        HttpResponseStatus.BAD_REQUEST.code(),
        "request: malformed line, header or chunk (expected: those of HTTP/1.1)");
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("content-length with transfer-encoding (expected: one)");
  }
}
