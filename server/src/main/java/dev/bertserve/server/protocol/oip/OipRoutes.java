package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.ModelControl;
import dev.bertserve.server.serving.ModelState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** The routes of the Open Inference Protocol. */
public final class OipRoutes {

  /** Label of the server's readiness in metrics. */
  public static final String READY = "oip_ready";

  /** Label of a model's readiness in metrics. */
  public static final String MODEL_READY = "oip_model_ready";

  private static final String MODEL = "/v2/models/{model}";
  private static final String EXAMPLE =
      "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"a fine film\"]}]}";
  private static final String STATS = "oip_stats";

  private OipRoutes() {}

  /** {@code stats} counts the requests. */
  public static List<Route> of(ModelCatalog catalog, InferStats stats) {
    OipModels models = new OipModels(catalog);
    Endpoint infer = new InferEndpoint(new Inference(models, stats));
    Endpoint metadata = new ModelMetadataEndpoint(models);
    Endpoint config = new ModelConfigEndpoint(models);
    Endpoint ready = request -> modelReady(models.states(OipModels.path(request)));
    Endpoint modelStats = request -> stats(models.states(OipModels.path(request)), stats);
    List<Route> routes = new ArrayList<>();
    routes.add(
        new Route("GET", "/v2", "oip_server", request -> ok(OipPages::writeServer))
            .describedAs("Open Inference Protocol: about the server"));
    routes.add(
        new Route("GET", "/v2/health/live", "oip_live", request -> ok(OipPages::writeLive))
            .describedAs("Open Inference Protocol: the server lives")
            .forProbes());
    routes.add(
        new Route("GET", "/v2/health/ready", READY, request -> serverReady(models.all()))
            .describedAs("Open Inference Protocol: whether all models are ready")
            .forProbes());
    routes.add(
        new Route("GET", "/v2/models/stats", STATS, request -> stats(models.all(), stats))
            .describedAs("Open Inference Protocol: statistics of all models"));
    routes.add(
        new Route(
                "POST",
                "/v2/repository/index",
                "oip_repository",
                request -> index(models, request.body()))
            .describedAs("Open Inference Protocol: the models and their states"));
    for (String model : List.of(MODEL, MODEL + "/versions/{version}")) {
      routes.add(
          new Route("GET", model, "oip_metadata", metadata)
              .describedAs("Open Inference Protocol: inputs and outputs of a model"));
      routes.add(
          new Route("GET", model + "/config", "oip_config", config)
              .describedAs("Open Inference Protocol: configuration of a model"));
      routes.add(
          new Route("GET", model + "/ready", MODEL_READY, ready)
              .describedAs("Open Inference Protocol: whether a model is ready")
              .forProbes());
      routes.add(
          new Route("GET", model + "/stats", STATS, modelStats)
              .describedAs("Open Inference Protocol: statistics of a model"));
      routes.add(
          new Route("POST", model + "/infer", "oip_infer", infer)
              .describedAs("Open Inference Protocol: scores tensors of texts", EXAMPLE));
    }
    return routes;
  }

  /** The routes that load and unload models. */
  public static List<Route> control(ModelControl control) {
    return List.of(
        new Route(
                "POST",
                "/v2/repository/models/{model}/load",
                "oip_load",
                new RepositoryEndpoint(control::load))
            .describedAs("Open Inference Protocol: loads a model, or its new versions"),
        new Route(
                "POST",
                "/v2/repository/models/{model}/unload",
                "oip_unload",
                new RepositoryEndpoint(control::unload))
            .describedAs("Open Inference Protocol: unloads a model"));
  }

  private static CompletionStage<Response> stats(List<ModelState> states, InferStats stats) {
    return ok(new StatsWriter(states, stats));
  }

  private static CompletionStage<Response> index(OipModels models, byte[] body) {
    List<ModelState> states = models.all(readyOnly(body));
    return ok(sink -> OipPages.writeIndex(sink, states));
  }

  /** Whether {@code body}, which may be empty, has {@code "ready": true}. */
  private static boolean readyOnly(byte[] body) {
    AtomicBoolean readyOnly = new AtomicBoolean();
    try (JsonReader json = new JsonReader(body)) {
      JsonToken start = json.next();
      if (start != JsonToken.END) {
        json.object(
            start,
            "body",
            (key, value) -> {
              if (key.equals("ready")) {
                readyOnly.set(json.flag(value, key));
              } else {
                json.skip();
              }
            });
        json.requireEnd(" (expected: one object)");
      }
    }
    return readyOnly.get();
  }

  private static CompletionStage<Response> serverReady(List<ModelState> states) {
    return readiness("", OipModels.allReady(states));
  }

  private static CompletionStage<Response> modelReady(List<ModelState> states) {
    return readiness(states.get(0).version().name(), OipModels.anyReady(states));
  }

  private static CompletionStage<Response> readiness(String name, boolean ready) {
    Payload body = Payload.whole(sink -> OipPages.writeReady(sink, name, ready));
    return CompletableFuture.completedFuture(Response.readiness(ready, body));
  }

  private static CompletionStage<Response> ok(Payload.Body body) {
    return CompletableFuture.completedFuture(Response.json(Payload.whole(body)));
  }
}
