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
    response =
        Response.json(Payload.whole(page::writeTo))
            .withHeader(Response.CONTENT_TYPE, MetricsPage.CONTENT_TYPE);
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    return CompletableFuture.completedFuture(response);
  }
}
