package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.endpoint.Response;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes requests to their endpoints: small ones on the event loop, large ones on a worker, so that
 * no other connection waits while they are decompressed and parsed. Responses return to the event
 * loop.
 */
final class Dispatcher {

  /** Larger bodies, decoded, would hold an event loop for longer than health checks should wait. */
  static final int LARGE_BODY_BYTES = 64 * 1024;

  private final Channel channel;
  private final ServerParts parts;
  private final Consumer<Response> outcome;

  /** {@code outcome} is called on the event loop, once for each request. */
  Dispatcher(Channel channel, ServerParts parts, Consumer<Response> outcome) {
    this.channel = channel;
    this.parts = parts;
    this.outcome = outcome;
  }

  /** Takes ownership of {@code request}. Event loop only. */
  void dispatch(Exchange exchange, CompleteRequest request) {
    Endpoint endpoint;
    try {
      endpoint = exchange.endpoint(request.head());
      if (!request.decode(LARGE_BODY_BYTES)) {
        parts.workers().execute(() -> handle(endpoint, exchange, request));
        return;
      }
    } catch (RuntimeException | Error e) {
      request.close();
      outcome.accept(exchange.failed(e));
      return;
    }
    handle(endpoint, exchange, request);
  }

  private void handle(Endpoint endpoint, Exchange exchange, CompleteRequest request) {
    CompletionStage<Response> stage;
    try (request) {
      if (!channel.isActive()) {
        throw new HttpFailure(
            HttpResponseStatus.BAD_REQUEST.code(),
            "connection: closed (expected: open until the response is sent)");
      }
      stage = endpoint.handle(request.open());
    } catch (RuntimeException | Error e) {
      finish(exchange.failed(e));
      return;
    }
    stage.whenComplete((response, failure) -> finish(exchange, response, failure));
  }

  private void finish(Exchange exchange, @Nullable Response response, @Nullable Throwable failure) {
    if (response != null) {
      finish(response);
      return;
    }
    Throwable cause = failure != null ? failure : new IllegalStateException("response: null");
    finish(exchange.failed(cause));
  }

  private void finish(Response response) {
    if (channel.eventLoop().inEventLoop()) {
      outcome.accept(response);
      return;
    }
    try {
      channel.eventLoop().execute(() -> outcome.accept(response));
    } catch (RejectedExecutionException e) {
      // The server has stopped: the body will never be written.
      response.payload().close();
    }
  }
}
