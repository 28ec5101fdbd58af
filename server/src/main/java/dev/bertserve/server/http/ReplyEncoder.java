package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.failure.FailureKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Turns a {@link Response} into the message that goes out, one after the other, and counts it until
 * {@link #taken}. One thread.
 */
final class ReplyEncoder {

  /** Shorter ones are free: as many connections may be open. */
  private static final int COUNTED_BYTES = 16 * 1024;

  private final ServerParts parts;
  private int counted;

  ReplyEncoder(ServerParts parts) {
    this.parts = parts;
  }

  /** Tells a client that waits with its body to send it. */
  static FullHttpResponse goOn() {
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
  }

  /**
   * Writes the payload, or, if that throws, an error in its place; throws if there is no memory for
   * that either.
   *
   * @param head of the request; null if that could not be read
   * @param close whether the connection closes after the answer
   */
  FullHttpResponse encode(
      Response response, @Nullable RequestHead head, boolean close, ByteBufAllocator allocator)
      throws IOException {
    boolean headOnly = head != null && head.isHead();
    FullHttpResponse reply;
    Response sent = response;
    try {
      reply = encodeOrThrow(sent, headOnly, allocator);
      count(reply);
    } catch (IOException | RuntimeException | Error e) {
      sent = failed(e);
      reply = encodeOrThrow(sent, headOnly, allocator);
    }
    HttpHeaders headers = reply.headers();
    // Said aloud both ways, because HTTP/1.0 takes silence for a no.
    headers.set(
        HttpHeaderNames.CONNECTION, close ? HttpHeaderValues.CLOSE : HttpHeaderValues.KEEP_ALIVE);
    if (head != null && sent.status() == FailureKind.METHOD_NOT_ALLOWED.status()) {
      headers.set(HttpHeaderNames.ALLOW, parts.router().allow(head.path()));
    }
    return reply;
  }

  /** The client has the message that was encoded last, or is gone. */
  void taken() {
    parts.leaving().giveBack(counted);
    counted = 0;
  }

  /** Releases what finds no room beside the answers that others do not take. */
  private void count(FullHttpResponse reply) {
    // One alone may be longer than all together.
    int bytes = (int) Math.min(parts.settings().maxLeavingBytes(), reply.content().readableBytes());
    if (bytes < COUNTED_BYTES) {
      return;
    }
    if (!parts.leaving().take(bytes)) {
      reply.release();
      throw new HttpFault(
          HttpResponseStatus.TOO_MANY_REQUESTS,
          "answer: " + bytes + " bytes (expected: room beside those that clients do not take)");
    }
    counted = bytes;
  }

  /** The answer that tells of {@code failure}. */
  Response failed(Throwable failure) {
    return parts.failures().response(failure, parts.clock().getAsLong());
  }

  private static FullHttpResponse encodeOrThrow(
      Response response, boolean headOnly, ByteBufAllocator allocator) throws IOException {
    ByteBuf body = allocator.buffer();
    int length;
    try (ByteBufOutputStream sink = new ByteBufOutputStream(body)) {
      response.payload().writeTo(sink);
      length = body.readableBytes();
    } catch (IOException | RuntimeException | Error e) {
      body.release();
      throw e;
    }
    if (headOnly) {
      body.release();
      body = Unpooled.EMPTY_BUFFER;
    }
    FullHttpResponse reply =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(response.status()), body);
    HttpHeaders headers = reply.headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
    headers.setInt(HttpHeaderNames.CONTENT_LENGTH, length);
    if (response.retryAfterSeconds() > 0) {
      headers.setInt(HttpHeaderNames.RETRY_AFTER, response.retryAfterSeconds());
    }
    return reply;
  }
}
