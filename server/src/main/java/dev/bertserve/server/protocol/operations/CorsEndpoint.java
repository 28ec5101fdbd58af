package dev.bertserve.server.protocol.operations;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.endpoint.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An endpoint whose responses pages of one origin may read. */
public final class CorsEndpoint implements Endpoint {

  private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";

  /** Names the headers that pages may read beside the few that they always may. */
  private static final String EXPOSE_HEADERS = "Access-Control-Expose-Headers";

  private final Endpoint endpoint;
  private final String origin;

  private CorsEndpoint(Endpoint endpoint, String origin) {
    this.endpoint = endpoint;
    this.origin = origin;
  }

  /**
   * The routes, and beside them those that browsers ask first.
   *
   * @param origin such as https://example.com, or * for all
   */
  public static List<Route> allow(List<Route> routes, String origin) {
    List<Route> all = new ArrayList<>();
    Endpoint asked = new CorsEndpoint(request -> preflight(), origin);
    for (Route route : routes) {
      all.add(route.servedBy(new CorsEndpoint(route.endpoint(), origin)));
      // Browsers send it without credentials.
      all.add(new Route("OPTIONS", route.path(), "cors", asked).forProbes());
    }
    return all;
  }

  private static CompletionStage<Response> preflight() {
    return CompletableFuture.completedFuture(
        Response.json(Payload.whole(sink -> {}))
            .withHeader("Access-Control-Allow-Methods", "GET, POST")
            // The star does not stand for Authorization.
            .withHeader("Access-Control-Allow-Headers", "*, Authorization")
            .withHeader("Access-Control-Max-Age", "86400"));
  }

  @Override
  public CompletionStage<Response> handle(Request request) {
    return endpoint.handle(request).thenApply(this::allowed);
  }

  @Override
  public Response failure(HttpFailure failure) {
    return allowed(endpoint.failure(failure));
  }

  private Response allowed(Response response) {
    return response.withHeader(ALLOW_ORIGIN, origin).withHeader(EXPOSE_HEADERS, "*");
  }
}
