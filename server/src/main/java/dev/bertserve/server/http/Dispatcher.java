package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Response;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands requests to their endpoints: small ones on the event loop, large ones on a worker, so that
 * no other connection waits while they are parsed. Responses come back on the event loop.
 */
final class Dispatcher {

  /** Larger bodies take an event loop for longer than health should wait. */
  static final int LARGE_BODY_BYTES = 64 * 1024;

  private final Channel channel;
  private final Executor workers;
  private final BiConsumer<@Nullable Response, @Nullable Throwable> outcome;

  /** {@code outcome} is called on the event loop, with a response or a failure. */
  Dispatcher(
      Channel channel,
      Executor workers,
      BiConsumer<@Nullable Response, @Nullable Throwable> outcome) {
    this.channel = channel;
    this.workers = workers;
    this.outcome = outcome;
  }

  /** Takes ownership of {@code request}. Called on the event loop. */
  void dispatch(Endpoint endpoint, WholeRequest request) {
    if (request.bodyBytes() <= LARGE_BODY_BYTES) {
      handle(endpoint, request);
      return;
    }
    try {
      workers.execute(() -> handle(endpoint, request));
    } catch (RejectedExecutionException e) {
      request.close();
      outcome.accept(null, e);
    }
  }

  private void handle(Endpoint endpoint, WholeRequest request) {
    CompletionStage<Response> stage;
    try (request) {
      if (!channel.isActive()) {
        throw new HttpFault(
            HttpResponseStatus.BAD_REQUEST, "connection: closed (expected: open until answered)");
      }
      stage = endpoint.handle(request.open());
    } catch (RuntimeException | Error e) {
      finish(null, e);
      return;
    }
    stage.whenComplete(this::finish);
  }

  private void finish(@Nullable Response response, @Nullable Throwable failure) {
    if (channel.eventLoop().inEventLoop()) {
      outcome.accept(response, failure);
      return;
    }
    try {
      channel.eventLoop().execute(() -> outcome.accept(response, failure));
    } catch (RejectedExecutionException e) {
      // The server has stopped: the body will never be written.
      if (response != null) {
        response.payload().close();
      }
    }
  }
}
