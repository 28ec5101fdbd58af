package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.failure.FailureKind;
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
import org.jspecify.annotations.Nullable;

/**
 * Turns a {@link Response} into the {@link Reply} that goes out. A body of one piece states its
 * length; a longer one is chunked, or, in HTTP/1.0, ends with its connection. Any thread.
 */
final class ReplyEncoder {

  private final ServerParts parts;

  ReplyEncoder(ServerParts parts) {
    this.parts = parts;
  }

  /** Tells a client that waits with its body to send it. */
  static FullHttpResponse goOn() {
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
  }

  /**
   * Encodes the first piece, or, if that throws, an error in its place; throws if there is no
   * memory for that either. Takes ownership of the payload.
   *
   * @param head of the request; null if that could not be read
   * @param close whether the connection closes after the answer
   */
  Reply encode(
      Response response, @Nullable RequestHead head, boolean close, ByteBufAllocator allocator)
      throws IOException {
    try {
      return encodeOrThrow(response, head, close, allocator);
    } catch (IOException | RuntimeException | Error e) {
      response.payload().close();
      return encodeOrThrow(failed(e), head, close, allocator);
    }
  }

  /** The answer that tells of {@code failure}. */
  Response failed(Throwable failure) {
    return parts.failures().response(failure, parts.clock().getAsLong());
  }

  private Reply encodeOrThrow(
      Response response, @Nullable RequestHead head, boolean close, ByteBufAllocator allocator)
      throws IOException {
    Payload payload = response.payload();
    ByteBuf piece = allocator.buffer();
    boolean more;
    try (ByteBufOutputStream sink = new ByteBufOutputStream(piece)) {
      more = payload.writeTo(sink);
    } catch (IOException | RuntimeException | Error e) {
      piece.release();
      throw e;
    }
    boolean headOnly = head != null && head.isHead();
    boolean streamed = more && !headOnly;
    boolean chunked = streamed && head != null && head.takesChunks();
    boolean closes = close || (streamed && !chunked);
    HttpHeaders headers = headers(response, head, closes);
    if (!more) {
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, piece.readableBytes());
    }
    if (chunked) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    HttpResponseStatus status = HttpResponseStatus.valueOf(response.status());
    if (streamed) {
      HttpResponse message = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers);
      return new Reply(message, new DefaultHttpContent(piece), closes, payload);
    }
    if (headOnly) {
      piece.release();
      piece = Unpooled.EMPTY_BUFFER;
    }
    FullHttpResponse message =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, piece, headers, EmptyHttpHeaders.INSTANCE);
    return new Reply(message, null, closes, payload);
  }

  private HttpHeaders headers(Response response, @Nullable RequestHead head, boolean close) {
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    headers.set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
    if (response.retryAfterSeconds() > 0) {
      headers.setInt(HttpHeaderNames.RETRY_AFTER, response.retryAfterSeconds());
    }
    // Said aloud both ways, because HTTP/1.0 takes silence for a no.
    headers.set(
        HttpHeaderNames.CONNECTION, close ? HttpHeaderValues.CLOSE : HttpHeaderValues.KEEP_ALIVE);
    if (head != null && response.status() == FailureKind.METHOD_NOT_ALLOWED.status()) {
      headers.set(HttpHeaderNames.ALLOW, parts.router().allow(head.path()));
    }
    return headers;
  }
}
