package dev.bertserve.server.wiring;

import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.grpc.GrpcServer;
import dev.bertserve.server.grpc.GrpcSettings;
import dev.bertserve.server.http.HttpServer;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.protocol.bigquery.BigQueryEndpoint;
import dev.bertserve.server.protocol.oip.InferStats;
import dev.bertserve.server.protocol.oip.OipRoutes;
import dev.bertserve.server.protocol.oip.OipService;
import dev.bertserve.server.protocol.operations.ApiEndpoint;
import dev.bertserve.server.protocol.operations.CorsEndpoint;
import dev.bertserve.server.protocol.operations.HealthEndpoint;
import dev.bertserve.server.protocol.operations.MetricsEndpoint;
import dev.bertserve.server.protocol.tfserving.TfServingRoutes;
import dev.bertserve.server.protocol.tfserving.TfServingServices;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.protocol.vertex.VertexSettings;
import dev.bertserve.server.rpc.RpcService;
import dev.bertserve.server.serving.ModelRegistry;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.ServedModel;
import dev.bertserve.server.serving.ServingSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The whole server: listens, loads a model, serves it, stops. */
public final class InferenceServer {

  /** A batch takes seconds at most; after this time it counts as hanging. */
  private static final Duration RUN_TIMEOUT = Duration.ofMinutes(2);

  private static final long FIRST_VERSION = 1;

  private static final String HEALTH = "health";
  private static final String PREDICT = "predict";

  private final ServerSettings settings;
  private final ModelLoader loader;
  private final Lifecycle lifecycle = new Lifecycle();
  private final MetricsPage page = new MetricsPage();
  private final ModelRegistry registry = new ModelRegistry(lifecycle);
  private final CacheWriter cacheWriter = new CacheWriter();
  private final InferStats inferStats = new InferStats(System::nanoTime);
  private final HttpServer http;

  /** Empty if the gRPC services are off. */
  private final Optional<GrpcServer> grpc;

  /** Listens immediately; requests get 503 until {@link #load} is done. */
  public static InferenceServer listen(ServerSettings settings) throws IOException {
    return new InferenceServer(settings);
  }

  private InferenceServer(ServerSettings settings) throws IOException {
    this.settings = settings;
    this.loader = ModelLoader.of(settings);
    registry.expect(served());
    http = new HttpServer(httpSettings(settings), new Router(routes()), new HttpMetrics(page));
    try {
      grpc = settings.grpcPort() == 0 ? Optional.empty() : Optional.of(grpcServer());
    } catch (IOException e) {
      http.close();
      throw e;
    }
  }

  private GrpcServer grpcServer() throws IOException {
    List<RpcService> services = new ArrayList<>(TfServingServices.of(registry));
    services.add(OipService.of(registry, inferStats));
    return new GrpcServer(
        new GrpcSettings(
            settings.host(), Math.max(0, settings.grpcPort()), settings.maxBodyBytes()),
        services,
        lifecycle,
        http.shared());
  }

  public int port() {
    return http.port();
  }

  /** The port of the gRPC services; empty if they are off. */
  public OptionalInt grpcPort() {
    return grpc.isPresent() ? OptionalInt.of(grpc.get().port()) : OptionalInt.empty();
  }

  /** Where endpoints find the model; throws UNAVAILABLE until {@link #load} is done. */
  public ModelSource models() {
    return registry.latest(settings.modelName());
  }

  /**
   * Loads the model and serves it. On failure the server stays up, and health returns 503 with the
   * reason.
   */
  public Servable load(ModelLocation location) throws IOException {
    try {
      LoadedServable loaded = loader.load(location);
      ServedModel model =
          ServedModel.start(
              served(),
              loaded.servable(),
              servingSettings(settings),
              page,
              lifecycle::fail,
              System::nanoTime);
      // Returns the garbage of loading to the operating system before the first request.
      System.gc();
      activate(model);
      WarmUpRequests.replay(location, models());
      if (lifecycle.moveTo(State.READY)) {
        cacheWriter.start(loaded.cacheWrite());
      }
      return loaded.servable();
    } catch (IOException | RuntimeException | LinkageError e) {
      lifecycle.fail(Reason.of(e));
      throw e;
    }
  }

  private void activate(ServedModel model) {
    try {
      registry.activate(model);
    } catch (IllegalStateException e) {
      // The server is already stopping, so nobody else would close the model.
      model.closeNow();
      throw e;
    }
  }

  /**
   * Health returns 503 for the settings' drain delay; then the server stops accepting work,
   * finishes what it accepted within {@code limit}, and ends all threads. Returns whether all work
   * was finished.
   */
  public boolean stop(Duration limit) throws InterruptedException {
    boolean served = lifecycle.state() == State.READY;
    lifecycle.moveTo(State.DRAINING);
    cacheWriter.stop();
    if (served) {
      Thread.sleep(settings.drainDelay().toMillis());
    }
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    if (grpc.isPresent()) {
      grpc.get().drain();
    }
    http.drain();
    http.stopAccepting(limit.dividedBy(2));
    boolean idle = http.awaitIdle(Duration.ofNanos(deadlineNanos - System.nanoTime()));
    if (grpc.isPresent()) {
      idle &= grpc.get().awaitIdle(Duration.ofNanos(deadlineNanos - System.nanoTime()));
      grpc.get().close();
    }
    http.close();
    boolean ended = true;
    for (ServedModel model : registry.retireAll()) {
      ended &= model.close(deadlineNanos, System::nanoTime);
    }
    lifecycle.moveTo(State.STOPPED);
    return idle && ended;
  }

  private ModelVersion served() {
    return new ModelVersion(settings.modelName(), FIRST_VERSION);
  }

  private static ServingSettings servingSettings(ServerSettings settings) {
    return new ServingSettings(
        new BatchPolicy(settings.maxBatchRows(), settings.maxWait()),
        settings.maxRowsInFlight(),
        settings.maxBytesInFlight(),
        settings.cacheBytes(),
        settings.deadline(),
        RUN_TIMEOUT,
        settings.runners());
  }

  private static HttpSettings httpSettings(ServerSettings settings) {
    HttpSettings defaults = HttpSettings.of(settings.host(), settings.port());
    return new HttpSettings(
        defaults.host(),
        defaults.port(),
        defaults.eventLoops(),
        settings.maxBodyBytes(),
        HttpSettings.arrivingBytes(Runtime.getRuntime().maxMemory(), settings.maxBodyBytes()),
        settings.maxConnections(),
        defaults.requestTimeout(),
        defaults.idleTimeout(),
        defaults.drainGrace());
  }

  private List<Route> routes() {
    Endpoint health = new HealthEndpoint(lifecycle);
    Endpoint predict =
        new VertexEndpoint(
            models(), new VertexSettings(settings.outputForm(), settings.nullText()));
    Endpoint metrics = new MetricsEndpoint(page);
    List<Route> routes = new ArrayList<>();
    routes.add(
        new Route("GET", "/health", HEALTH, health)
            .describedAs("Whether the server serves predictions"));
    routes.add(
        new Route("POST", "/predict", PREDICT, predict)
            .describedAs(
                "Vertex AI: a prediction for each instance", "{\"instances\":[\"a fine film\"]}"));
    routes.add(
        new Route("GET", "/metrics", "metrics", metrics).describedAs("Metrics for Prometheus"));
    routes.add(new Route("GET", "/monitoring/prometheus/metrics", "metrics", metrics));
    routes.addAll(TfServingRoutes.of(registry));
    routes.addAll(BigQueryEndpoint.routes(registry, settings.modelName()));
    routes.addAll(OipRoutes.of(registry, inferStats));
    routes.add(new Route("GET", "/openapi.json", "openapi", new ApiEndpoint(routes)));
    List<Route> all =
        new VertexRoutes(routes, settings.modelName())
            .with(
                new Route("GET", settings.healthRoute(), HEALTH, health),
                new Route("POST", settings.predictRoute(), PREDICT, predict));
    return settings.corsOrigin().isEmpty() ? all : CorsEndpoint.allow(all, settings.corsOrigin());
  }
}
