package dev.bertserve.server.http;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.endpoint.Router;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request as it arrives, its route, and how its failures are reported. Event loop only, except
 * {@link #failed}.
 */
final class Exchange {

  private static final String NO_ROUTE = "unknown";

  private final ServerParts parts;
  private final ByteBufAllocator allocator;
  private final Connections.Admission admission;
  private final long startNanos;
  private volatile Router.@Nullable Match match;
  private volatile @Nullable RequestHead head;
  private @Nullable BodyBuffer body;

  /** An exchange whose first byte has arrived at {@code startNanos}. */
  Exchange(
      ServerParts parts,
      ByteBufAllocator allocator,
      Connections.Admission admission,
      long startNanos) {
    this.parts = parts;
    this.allocator = allocator;
    this.admission = admission;
    this.startNanos = startNanos;
  }

  /**
   * Takes the next part; returns whether the request is complete with it. Throws {@link
   * HttpFailure} if the request is rejected; it takes no further part then.
   */
  boolean take(HttpObject part) {
    if (part.decoderResult().isFailure()) {
      throw RequestDecoder.failure(part.decoderResult().cause());
    }
    if (part instanceof HttpRequest request) {
      String path = RequestTarget.path(request.uri());
      // The route comes first: its endpoint words the failures of the checks that follow.
      match = parts.router().find(request.method().name(), path).orElse(null);
      RequestHead checked = RequestHead.of(request, path, maxBodyBytes());
      head = checked;
      requireToken(checked);
      requireRoom(checked);
      body = new BodyBuffer(checked.contentLength(), maxBodyBytes(), allocator, parts.arriving());
    }
    if (part instanceof HttpContent content && body != null) {
      body.append(content.content());
    }
    return part instanceof LastHttpContent;
  }

  /** The head of the request; null until it has arrived, or if it was rejected. */
  @Nullable RequestHead head() {
    return head;
  }

  /** The endpoint of the request; throws {@link HttpFailure} if there is none. */
  Endpoint endpoint(RequestHead checked) {
    Router.Match known = match;
    if (known == null) {
      throw parts.router().noRoute(checked.method(), checked.path());
    }
    return known.route().endpoint();
  }

  /** The complete request; ownership of its body passes to the caller. */
  CompleteRequest complete(BooleanSupplier abandoned) {
    RequestHead begun = head;
    BodyBuffer filled = body;
    if (begun == null || filled == null) {
      throw new IllegalStateException("request: none (expected: a complete one)");
    }
    body = null;
    Router.Match known = match;
    return new CompleteRequest(
        begun,
        known == null ? Map.of() : known.values(),
        filled,
        maxBodyBytes(),
        startNanos,
        abandoned);
  }

  /** Frees the part of the body that has arrived. */
  void dropBody() {
    BodyBuffer begun = body;
    if (begun != null) {
      begun.close();
    }
    body = null;
  }

  /** The response that reports {@code cause}, in the dialect of the route if there is one. */
  Response failed(Throwable cause) {
    HttpFailure failure =
        parts.failures().failure(cause, RequestIds.label(head), parts.clock().getAsLong());
    Router.Match known = match;
    if (known == null) {
      return failure.response();
    }
    try {
      return known.route().endpoint().failure(failure);
    } catch (RuntimeException e) {
      parts.failures().log(e, RequestIds.label(head), parts.clock().getAsLong());
      return failure.response();
    }
  }

  /** Counts the exchange in the metrics, as it ends. */
  void record(int status) {
    Router.Match known = match;
    String name = known == null ? NO_ROUTE : known.route().name();
    parts.metrics().recordRequest(name, status, parts.clock().getAsLong() - startNanos);
  }

  /** Before the body is read, so that what a stranger sends costs nothing. */
  private void requireToken(RequestHead checked) {
    if (!parts.access().needsToken()) {
      return;
    }
    Router.Match known = match;
    boolean needed = known == null || known.route().needsToken();
    if (needed && !parts.access().allows(checked.header("Authorization"))) {
      throw new HttpFailure(
          HttpResponseStatus.UNAUTHORIZED.code(),
          Access.REFUSAL,
          Map.of("WWW-Authenticate", "Bearer"));
    }
  }

  /** A spare connection serves GET only, so that health and metrics stay visible under load. */
  private void requireRoom(RequestHead checked) {
    if (admission == Connections.Admission.SPARE && !checked.isGet() && !checked.isHead()) {
      throw new HttpFailure(
          HttpResponseStatus.SERVICE_UNAVAILABLE.code(),
          "connections: too many (expected: at most "
              + parts.settings().maxConnections()
              + " at work)");
    }
  }

  private int maxBodyBytes() {
    return parts.settings().maxBodyBytes();
  }
}
