package dev.bertserve.server.endpoint;

import java.util.concurrent.CompletionStage;

/**
 * Answers one kind of request. Called on an event loop, or on a worker if the body is large; never
 * blocks.
 */
public interface Endpoint {

  /**
   * Answers {@code request}, now or later, on any thread. A stage that fails, or a throw, with a
   * {@link dev.bertserve.server.failure.ServingException} is answered with its status and message;
   * with anything else it is answered with 500.
   */
  CompletionStage<Response> handle(Request request);
}
