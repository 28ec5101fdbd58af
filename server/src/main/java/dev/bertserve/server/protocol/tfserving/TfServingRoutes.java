package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.ModelCatalog;
import dev.bertserve.server.serving.VersionLabels;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The routes of TensorFlow Serving's REST API and of KServe's V1 protocol. */
public final class TfServingRoutes {

  /** Label of predictions in metrics. */
  public static final String PREDICT = "tfserving_predict";

  /** Label of model states in metrics. */
  public static final String STATUS = "tfserving_status";

  /** Label of the sign of life in metrics. */
  public static final String ALIVE = "kserve_alive";

  /** Label of rejected paths in metrics. */
  public static final String MALFORMED = "tfserving_malformed";

  private static final byte[] ALIVE_BODY =
      "{\"status\":\"alive\"}".getBytes(StandardCharsets.US_ASCII);
  private static final String INSTANCES = "{\"instances\":[\"a fine film\"]}";
  private static final String TEXTS = "{\"examples\":[{\"text\":\"a fine film\"}]}";
  private static final String MODEL = "/v1/models/{model}";
  private static final List<String> MODELS =
      List.of(MODEL, MODEL + "/versions/{version}", MODEL + "/labels/{label}");

  private TfServingRoutes() {}

  public static List<Route> of(ModelCatalog catalog, VersionLabels labels) {
    TfModels models = new TfModels(catalog, labels);
    Endpoint predict = new ScoreEndpoint(models, new PredictMethod());
    Endpoint classify = new ScoreEndpoint(models, new ClassifyMethod());
    Endpoint regress = new ScoreEndpoint(models, new RegressMethod());
    Endpoint status = new StatusEndpoint(models);
    Endpoint metadata = new MetadataEndpoint(models);
    Endpoint malformed = TfServingRoutes::malformed;
    List<Route> routes = new ArrayList<>();
    for (String model : MODELS) {
      routes.add(
          new Route("POST", model + ":predict", PREDICT, predict)
              .describedAs("TensorFlow Serving and KServe V1: scores texts", INSTANCES));
      routes.add(
          new Route("POST", model + ":classify", "tfserving_classify", classify)
              .describedAs("TensorFlow Serving: labels and scores of examples", TEXTS));
      routes.add(
          new Route("POST", model + ":regress", "tfserving_regress", regress)
              .describedAs("TensorFlow Serving: one number for each example", TEXTS));
      routes.add(
          new Route("GET", model, STATUS, status)
              .describedAs("TensorFlow Serving and KServe V1: whether the model is ready")
              .forProbes());
      routes.add(
          new Route("GET", model + "/metadata", "tfserving_metadata", metadata)
              .describedAs("TensorFlow Serving: the model's signature"));
    }
    routes.add(
        new Route("GET", "/v1/models", "kserve_models", request -> names(models))
            .describedAs("KServe V1: names of the models"));
    routes.add(
        new Route("GET", "/", ALIVE, request -> alive())
            .describedAs("KServe V1: the server lives")
            .forProbes());
    routes.add(new Route("GET", "/v1/{rest...}", MALFORMED, malformed));
    routes.add(new Route("POST", "/v1/{rest...}", MALFORMED, malformed));
    return routes;
  }

  private static CompletionStage<Response> malformed(Request request) {
    throw TfModels.malformed(request);
  }

  private static CompletionStage<Response> names(TfModels models) {
    return CompletableFuture.completedFuture(
        Response.json(Payload.whole(sink -> writeNames(sink, models.names()))));
  }

  private static void writeNames(OutputStream sink, List<String> names) throws IOException {
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.beginArray("models");
      for (String name : names) {
        json.value(name);
      }
      json.endArray();
      json.endObject();
    }
  }

  /** What KServe's client takes for a living server, whether or not its model is ready. */
  private static CompletionStage<Response> alive() {
    return CompletableFuture.completedFuture(
        Response.json(Payload.whole(sink -> sink.write(ALIVE_BODY))));
  }
}
