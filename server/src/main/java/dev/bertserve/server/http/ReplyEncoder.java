package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a {@link Response} as the {@link Reply} that is sent. A body of one piece has a length; a
 * longer one is chunked, or, in HTTP/1.0, ends with its connection. Bodies of {@value
 * #MIN_GZIP_BYTES} bytes or more are compressed if the client accepts gzip. Any thread.
 */
final class ReplyEncoder {

  /** Shorter bodies cost more time to compress than they save. */
  static final int MIN_GZIP_BYTES = 4 * 1024;

  private final ByteBound compressing;

  /** {@code compressing} bounds the memory of compressors; without room, bodies stay plain. */
  ReplyEncoder(ByteBound compressing) {
    this.compressing = compressing;
  }

  /** Tells a client that waits with its body to send it. */
  static FullHttpResponse continueResponse() {
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
  }

  /**
   * Encodes the first piece, or, if that throws, the response to that failure in its place; throws
   * if there is no memory for that either. Takes ownership of the payload.
   *
   * @param close whether the connection closes after the response
   */
  Reply encode(Response response, Exchange exchange, boolean close, ByteBufAllocator allocator)
      throws IOException {
    try {
      return encodeOrThrow(response, exchange.head(), close, allocator);
    } catch (IOException | RuntimeException | Error e) {
      response.payload().close();
      return encodeOrThrow(exchange.failed(e), exchange.head(), close, allocator);
    }
  }

  private Reply encodeOrThrow(
      Response response, @Nullable RequestHead head, boolean close, ByteBufAllocator allocator)
      throws IOException {
    Payload payload = response.payload();
    HttpHeaders headers = headers(response);
    RequestIds.copy(head, headers);
    Piece piece = piece(payload, allocator);
    if (piece.more || piece.bytes.readableBytes() >= MIN_GZIP_BYTES) {
      headers.set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
      GzipPayload gzip = gzip(piece, payload, head);
      if (gzip != null) {
        headers.set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
        piece = firstPiece(gzip, allocator);
        payload = gzip;
      }
    }
    return reply(response.status(), headers, head, close, piece, payload);
  }

  private @Nullable GzipPayload gzip(Piece piece, Payload payload, @Nullable RequestHead head) {
    return head != null && head.acceptsGzip()
        ? GzipPayload.open(piece.bytes, piece.more, payload, compressing)
        : null;
  }

  /** Compresses the first piece; if that throws, the payload underneath stays open. */
  private static Piece firstPiece(GzipPayload gzip, ByteBufAllocator allocator) throws IOException {
    try {
      return piece(gzip, allocator);
    } catch (IOException | RuntimeException | Error e) {
      gzip.end();
      throw e;
    }
  }

  private static Reply reply(
      int statusCode,
      HttpHeaders headers,
      @Nullable RequestHead head,
      boolean close,
      Piece piece,
      Payload payload) {
    boolean headOnly = head != null && head.isHead();
    boolean streamed = piece.more && !headOnly;
    boolean chunked = streamed && head != null && head.takesChunks();
    boolean closes = close || (streamed && !chunked);
    // Stated both ways, because HTTP/1.0 and HTTP/1.1 have different defaults.
    headers.set(
        HttpHeaderNames.CONNECTION, closes ? HttpHeaderValues.CLOSE : HttpHeaderValues.KEEP_ALIVE);
    if (!piece.more) {
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, piece.bytes.readableBytes());
    }
    if (chunked) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    HttpResponseStatus status = HttpResponseStatus.valueOf(statusCode);
    if (streamed) {
      HttpResponse message = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers);
      return new Reply(message, new DefaultHttpContent(piece.bytes), closes, payload);
    }
    ByteBuf body = piece.bytes;
    if (headOnly) {
      body.release();
      body = Unpooled.EMPTY_BUFFER;
    }
    FullHttpResponse message =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, body, headers, EmptyHttpHeaders.INSTANCE);
    return new Reply(message, null, closes, payload);
  }

  private static HttpHeaders headers(Response response) {
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    for (Map.Entry<String, String> header : response.headers().entrySet()) {
      headers.set(header.getKey(), header.getValue());
    }
    return headers;
  }

  private static Piece piece(Payload payload, ByteBufAllocator allocator) throws IOException {
    ByteBuf bytes = allocator.buffer();
    try (ByteBufOutputStream sink = new ByteBufOutputStream(bytes)) {
      return new Piece(bytes, payload.writeTo(sink));
    } catch (IOException | RuntimeException | Error e) {
      bytes.release();
      throw e;
    }
  }

  /** An encoded piece, and whether more follow. */
  private record Piece(ByteBuf bytes, boolean more) {}
}
