package dev.bertserve.server.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Puts the parts of a request together, one request after the other. One thread. */
final class RequestIntake {

  private final int maxBodyBytes;
  private final ByteBufAllocator allocator;
  private final ByteBound arriving;

  private @Nullable RequestHead head;
  private @Nullable BodyBuffer body;

  RequestIntake(int maxBodyBytes, ByteBufAllocator allocator, ByteBound arriving) {
    this.allocator = allocator;
    this.maxBodyBytes = maxBodyBytes;
    this.arriving = arriving;
  }

  /**
   * Takes the next part; answers whether the request is whole with it. Throws {@link HttpFault} if
   * the request must be refused; nothing after it can be taken then.
   */
  boolean take(HttpObject part) {
    if (part.decoderResult().isFailure()) {
      throw HttpFault.ofDecoding(part.decoderResult().cause());
    }
    if (part instanceof HttpRequest request) {
      RequestHead checked = RequestHead.of(request, maxBodyBytes);
      head = checked;
      dropBody();
      body = new BodyBuffer(checked.contentLength(), maxBodyBytes, allocator, arriving);
    }
    if (part instanceof HttpContent content && body != null) {
      body.append(content.content());
    }
    return part instanceof LastHttpContent;
  }

  /** The head of the request that has begun, or was the last; null if it was not readable. */
  @Nullable RequestHead head() {
    return head;
  }

  /** The request that is now whole; its body is handed over. */
  WholeRequest whole(BooleanSupplier abandoned) {
    RequestHead begun = head;
    BodyBuffer filled = body;
    if (begun == null || filled == null) {
      throw new IllegalStateException("request: none (expected: a whole one)");
    }
    body = null;
    return new WholeRequest(begun, filled, abandoned);
  }

  /** Forgets the last request. */
  void reset() {
    head = null;
    dropBody();
  }

  /** Drops what has arrived of a body. */
  void dropBody() {
    BodyBuffer begun = body;
    if (begun != null) {
      begun.close();
    }
    body = null;
  }
}
