package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** The routes of the Open Inference Protocol. */
public final class OipRoutes {

  /** Label of the server's readiness in metrics. */
  public static final String READY = "oip_ready";

  /** Label of a model's readiness in metrics. */
  public static final String MODEL_READY = "oip_model_ready";

  private static final int UNAVAILABLE = 503;
  private static final String RETRY_AFTER_SECONDS = "1";
  private static final String MODEL = "/v2/models/{model}";
  private static final String STATS = "oip_stats";

  private OipRoutes() {}

  /** {@code clockNanos} times requests. */
  public static List<Route> of(ModelCatalog catalog, LongSupplier clockNanos) {
    OipModels models = new OipModels(catalog);
    InferStats stats = new InferStats(clockNanos);
    Endpoint infer = new InferEndpoint(models, stats);
    Endpoint metadata = new ModelMetadataEndpoint(models);
    Endpoint ready = request -> modelReady(models.states(request));
    Endpoint modelStats = request -> ok(new StatsWriter(models.states(request), stats));
    List<Route> routes = new ArrayList<>();
    routes.add(new Route("GET", "/v2", "oip_server", request -> ok(OipPages::writeServer)));
    routes.add(new Route("GET", "/v2/health/live", "oip_live", request -> ok(OipPages::writeLive)));
    routes.add(new Route("GET", "/v2/health/ready", READY, request -> serverReady(models.all())));
    routes.add(
        new Route(
            "GET", "/v2/models/stats", STATS, request -> ok(new StatsWriter(models.all(), stats))));
    routes.add(
        new Route(
            "POST",
            "/v2/repository/index",
            "oip_repository",
            request -> ok(sink -> OipPages.writeIndex(sink, models.all()))));
    for (String model : List.of(MODEL, MODEL + "/versions/{version}")) {
      routes.add(new Route("GET", model, "oip_metadata", metadata));
      routes.add(new Route("GET", model + "/ready", MODEL_READY, ready));
      routes.add(new Route("GET", model + "/stats", STATS, modelStats));
      routes.add(new Route("POST", model + "/infer", "oip_infer", infer));
    }
    return routes;
  }

  private static CompletionStage<Response> serverReady(List<ModelState> states) {
    return readiness("", states.stream().allMatch(ModelState::ready));
  }

  private static CompletionStage<Response> modelReady(List<ModelState> states) {
    return readiness(states.get(0).version().name(), states.stream().anyMatch(ModelState::ready));
  }

  private static CompletionStage<Response> readiness(String name, boolean ready) {
    Payload body = Payload.whole(sink -> OipPages.writeReady(sink, name, ready));
    return CompletableFuture.completedFuture(
        ready
            ? Response.json(body)
            : Response.json(UNAVAILABLE, body)
                .withHeader(Response.RETRY_AFTER, RETRY_AFTER_SECONDS));
  }

  private static CompletionStage<Response> ok(Payload.Body body) {
    return CompletableFuture.completedFuture(Response.json(Payload.whole(body)));
  }
}
