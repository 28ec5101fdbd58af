package dev.bertserve.server.protocol.operations;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.metrics.MetricsPage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Returns the metrics page. */
public final class MetricsEndpoint implements Endpoint {

  private final Response response;

  public MetricsEndpoint(MetricsPage page) {
    response = new Response(200, MetricsPage.CONTENT_TYPE, 0, Payload.whole(page::writeTo));
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    return CompletableFuture.completedFuture(response);
  }
}
