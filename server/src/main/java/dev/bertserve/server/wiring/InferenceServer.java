package dev.bertserve.server.wiring;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.access.FileWatch;
import dev.bertserve.server.batching.BatchPolicy;
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
import dev.bertserve.server.metrics.VersionMetrics;
import dev.bertserve.server.prepared.Downloads;
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
import dev.bertserve.server.versions.ModelFolder;
import dev.bertserve.server.versions.ModelVersions;
import dev.bertserve.server.versions.VersionThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The whole server: listens, loads its models, serves them, stops. */
public final class InferenceServer {

  /** Listed until the versions on disk are known. */
  private static final long UNKNOWN_VERSION = 1;

  private static final String HEALTH = "health";
  private static final String PREDICT = "predict";

  private final ServerSettings settings;
  private final ModelLoader loader;
  private final Lifecycle lifecycle = new Lifecycle();
  private final MetricsPage page = new MetricsPage();
  private final ModelRegistry registry = new ModelRegistry(lifecycle);
  private final Downloads downloads;
  private final CacheWriter cacheWriter = new CacheWriter();
  private final VersionThread versionThread = new VersionThread();
  private final InferStats inferStats = new InferStats(System::nanoTime);
  private final Access access;
  private final FileWatch accessFiles;
  private final HttpServer http;

  /** Empty if the gRPC services are off. */
  private final Optional<GrpcServer> grpc;

  /** Listens immediately; requests get 503 until their model is loaded. */
  public static InferenceServer listen(ServerSettings settings) throws IOException {
    return new InferenceServer(settings);
  }

  private InferenceServer(ServerSettings settings) throws IOException {
    this.settings = settings;
    this.downloads = Downloads.beside(ModelLoader.cacheFolder(settings.modelCache()));
    this.loader = ModelLoader.of(settings, downloads);
    for (NamedModel model : settings.models().named()) {
      registry.expect(new ModelVersion(model.name(), UNKNOWN_VERSION));
    }
    access = Access.read(settings.access());
    Router router = new Router(routes());
    http = new HttpServer(httpSettings(settings), access, router, new HttpMetrics(page));
    try {
      grpc = settings.grpcPort() == 0 ? Optional.empty() : Optional.of(grpcServer());
    } catch (IOException | RuntimeException e) {
      http.close();
      throw e;
    }
    accessFiles = new FileWatch(access.values());
  }

  private GrpcServer grpcServer() throws IOException {
    List<RpcService> services =
        new ArrayList<>(TfServingServices.of(registry, settings.models().labels()));
    services.add(OipService.of(registry, inferStats));
    return new GrpcServer(
        new GrpcSettings(
            settings.host(),
            Math.max(0, settings.grpcPort()),
            settings.maxBodyBytes(),
            settings.maxConnections(),
            httpSettings(settings).requestTimeout()),
        access,
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

  /** Finds the model of requests that name none; throws UNAVAILABLE until it is loaded. */
  public ModelSource models() {
    return registry.latest(settings.models().defaultName());
  }

  /** Loads {@code location} as the model of requests that name none. */
  public Servable load(ModelLocation location) throws IOException {
    String name = settings.models().defaultName();
    load(Map.of(name, location));
    return servable(name);
  }

  /**
   * Loads models, by their names, in the order of the map, and serves them. On failure the server
   * stays up, and health returns 503 with the reason.
   */
  public void load(Map<String, ModelLocation> locations) throws IOException {
    try {
      List<ModelVersions> opened = new ArrayList<>();
      for (Map.Entry<String, ModelLocation> location : locations.entrySet()) {
        ModelVersions versions = versions(location.getKey(), location.getValue());
        versions.open();
        opened.add(versions);
      }
      if (lifecycle.moveTo(State.READY)) {
        versionThread.start(opened, settings.models().poll());
      }
    } catch (IOException | RuntimeException | Error e) {
      lifecycle.fail(
          Reason.forClients(
              e,
              locations.values().stream().map(ModelLocation::folder).map(Path::toString).toList()));
      throw e;
    }
  }

  /** The largest version of {@code name} that serves. */
  public Servable servable(String name) {
    return registry.serving(name).lastEntry().getValue().servable();
  }

  private ModelFolder folder(ModelLocation location) throws IOException {
    if (location.bucket().isPresent()) {
      return new RemoteFolder(location.bucket().get(), downloads, System.getenv());
    }
    ModelLoader.warnOfIgnored(location.folder(), location.label());
    return ModelFolder.of(location.folder());
  }

  private ModelVersions versions(String name, ModelLocation location) throws IOException {
    return new ModelVersions(
        name,
        folder(location),
        settings.models().policy(),
        new ModelStart(
            location, loader, servingSettings(settings), page, lifecycle::fail, cacheWriter),
        registry,
        new VersionMetrics(page, name),
        settings.deadline().plus(ServerSettings.RUN_TIMEOUT),
        System::nanoTime);
  }

  /**
   * Health returns 503 for the settings' drain delay; then the server stops accepting work,
   * finishes what it accepted within {@code limit}, and ends all threads. Returns whether all work
   * was finished.
   */
  public boolean stop(Duration limit) throws InterruptedException {
    boolean served = lifecycle.state() == State.READY;
    lifecycle.moveTo(State.DRAINING);
    versionThread.stop();
    cacheWriter.stop();
    accessFiles.close();
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
    downloads.close();
    lifecycle.moveTo(State.STOPPED);
    return idle && ended;
  }

  /** Each model has an equal share of the limits and of the cache. */
  private static ServingSettings servingSettings(ServerSettings settings) {
    int models = settings.models().named().size();
    return new ServingSettings(
        new BatchPolicy(settings.maxBatchRows(), settings.maxWait()),
        Math.max(1, settings.maxRowsInFlight() / models),
        Math.max(1, settings.maxBytesInFlight() / models),
        settings.cacheBytes() / models,
        settings.deadline(),
        ServerSettings.RUN_TIMEOUT,
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
    Route health =
        new Route("GET", "/health", HEALTH, new HealthEndpoint(lifecycle, registry::failures))
            .describedAs("Whether the server serves predictions")
            .forProbes();
    Route predict =
        new Route(
                "POST",
                "/predict",
                PREDICT,
                new VertexEndpoint(
                    models(), new VertexSettings(settings.outputForm(), settings.nullText())))
            .describedAs(
                "Vertex AI: a prediction for each instance", "{\"instances\":[\"a fine film\"]}");
    Route metrics =
        new Route("GET", "/metrics", "metrics", new MetricsEndpoint(page))
            .describedAs("Metrics for Prometheus");
    List<Route> routes = new ArrayList<>(List.of(health, predict, metrics));
    routes.add(metrics.at("/monitoring/prometheus/metrics"));
    routes.addAll(TfServingRoutes.of(registry, settings.models().labels()));
    routes.addAll(BigQueryEndpoint.routes(registry, settings.models().defaultName()));
    routes.addAll(OipRoutes.of(registry, inferStats));
    if (settings.models().control()) {
      routes.addAll(OipRoutes.control(versionThread));
    }
    Route chosenHealth = health.at(settings.healthRoute());
    Route chosenPredict = predict.at(settings.predictRoute());
    List<Route> described = new ArrayList<>(routes);
    described.addAll(List.of(chosenHealth, chosenPredict));
    routes.add(
        new Route(
            "GET", "/openapi.json", "openapi", new ApiEndpoint(described, access.needsToken())));
    List<Route> all =
        new VertexRoutes(routes, settings.models().names()).with(chosenHealth, chosenPredict);
    return settings.corsOrigin().isEmpty() ? all : CorsEndpoint.allow(all, settings.corsOrigin());
  }
}
