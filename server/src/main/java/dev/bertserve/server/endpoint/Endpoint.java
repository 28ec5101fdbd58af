package dev.bertserve.server.endpoint;

import java.util.concurrent.CompletionStage;

/**
 * Handles the requests of one or more routes. Called on an event loop, or on a worker if the body
 * is large; never blocks.
 */
public interface Endpoint {

  /**
   * Handles {@code request}. The stage may complete later, on any thread. A {@link
   * dev.bertserve.server.failure.ServingException} or {@link HttpFailure}, thrown or in the stage,
   * is reported to the client with its status and message; anything else is logged and reported as
   * 500. Either way {@link #failure} makes the response.
   */
  CompletionStage<Response> handle(Request request);

  /**
   * The response to a failed request of this endpoint, in the endpoint's dialect. Called for every
   * failure from the moment the route is known: while the request arrives, while it is handled, and
   * when the first piece of its response cannot be encoded. Any thread.
   */
  default Response failure(HttpFailure failure) {
    return failure.response();
  }
}
