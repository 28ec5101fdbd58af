package dev.bertserve.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.CostModel;
import dev.bertserve.server.config.ServerSettings;
import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.http.HttpServer;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.inference.AdmissionGate;
import dev.bertserve.server.inference.BatchRunner;
import dev.bertserve.server.inference.OpenRequests;
import dev.bertserve.server.inference.PredictionService;
import dev.bertserve.server.inference.Predictor;
import dev.bertserve.server.inference.RequestWatch;
import dev.bertserve.server.inference.Row;
import dev.bertserve.server.inference.RowCache;
import dev.bertserve.server.inference.RunnerTrial;
import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.inference.WarmUp;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.protocol.operations.HealthEndpoint;
import dev.bertserve.server.protocol.operations.MetricsEndpoint;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.prepare.PreparedCache;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The wiring, in reading order: listen, load, serve, stop. All threads of the server are born here.
 */
final class InferenceServer<R> {

  private final ServerSettings settings;
  private final ServedModel.Loader<R> loader;
  private final Lifecycle lifecycle = new Lifecycle();
  private final MetricsPage page = new MetricsPage();
  private final AdmissionGate gate;
  private final InferenceMetrics metrics;
  private final BatchQueue<Row<R>> queue;
  private final DeferredService service = new DeferredService(lifecycle);
  private final HttpServer http;

  @GuardedBy("this")
  private final List<ServedModel<R>> models = new ArrayList<>();

  @GuardedBy("this")
  private final List<Thread> runners = new ArrayList<>();

  /** Listens at once and answers 503 until {@link #load} is done. */
  static InferenceServer<?> listen(ServerSettings settings) throws IOException {
    EngineSettings engine = settings.engine();
    List<Path> opLibraries = settings.opLibraries();
    return opLibraries.isEmpty()
        ? new InferenceServer<>(
            settings, location -> LoadedModel.load(location, engine, modelCache(settings)))
        : new InferenceServer<>(
            settings,
            location -> LoadedOriginal.load(location, opLibraries, engine.threadsPerRun()));
  }

  private InferenceServer(ServerSettings settings, ServedModel.Loader<R> loader)
      throws IOException {
    this.settings = settings;
    this.loader = loader;
    queue = new BatchQueue<>(batchPolicy(settings), new CostModel(1e6, 1e4), System::nanoTime);
    gate =
        new AdmissionGate(
            settings.maxRowsInFlight(), settings.maxBytesInFlight(), queue::drainNanos);
    metrics = new InferenceMetrics(page, gate::rowsInFlight, queue::waitingRows);
    http = new HttpServer(httpSettings(settings), new Router(routes()), new HttpMetrics(page));
  }

  int port() {
    return http.port();
  }

  /** What its endpoints ask; answers UNAVAILABLE until {@link #load} is done. */
  PredictionService service() {
    return service;
  }

  /** Loads the model and serves it; where that fails, the server stays up to say why. */
  ServedModel<R> load(ModelLocation location) throws IOException {
    try {
      ServedModel<R> model = loader.load(location);
      try {
        queue.padTo(shapes(model));
        int runnerCount = warmUp(model);
        // What preparing has left goes back to the machine before the first request comes.
        System.gc();
        serve(model, runnerCount);
      } catch (RuntimeException e) {
        model.close();
        throw e;
      }
      lifecycle.moveTo(State.READY);
      return model;
    } catch (IOException | RuntimeException | LinkageError e) {
      lifecycle.fail(Reason.of(e));
      throw e;
    }
  }

  private static List<BatchShape> shapes(ServedModel<?> model) {
    List<BatchShape> shapes = new ArrayList<>();
    for (TileShape shape : model.engine().shapes()) {
      shapes.add(new BatchShape(shape.sequences(), shape.length(), shape.rowsOfOne()));
    }
    return shapes;
  }

  /** Readiness waits for it; answers how many runners there will be. */
  private int warmUp(ServedModel<R> model) {
    int asked = settings.runners();
    int most = asked == 0 ? model.mostRunners() : asked;
    ExecutorService threads =
        Executors.newFixedThreadPool(most, loop -> new Thread(loop, "warm-up"));
    try {
      WarmUp warmUp = new WarmUp(model.engine(), threads, System::nanoTime);
      warmUp.prime(most);
      RunnerTrial trial = new RunnerTrial(model.engine(), threads, System::nanoTime);
      int count = asked == 0 ? trial.best(most) : asked;
      queue.runBy(count);
      warmUp.time(count, queue::ran);
      return count;
    } finally {
      threads.shutdown();
    }
  }

  /** A model that comes after the order to stop is refused: nobody would close it. */
  private synchronized void serve(ServedModel<R> model, int runnerCount) {
    if (lifecycle.state().compareTo(State.DRAINING) >= 0) {
      throw new IllegalStateException("the server is stopping");
    }
    models.add(model);
    List<BatchRunner<R>> loops = new ArrayList<>();
    for (int i = 0; i < runnerCount; i++) {
      BatchRunner<R> loop = new BatchRunner<>(queue, model.engine(), metrics, System::nanoTime);
      loops.add(loop);
      Thread runner = new Thread(loop, "runner-" + i);
      runner.start();
      runners.add(runner);
    }
    OpenRequests open = new OpenRequests();
    watch(open, loops);
    service.become(
        new Predictor<>(
            model.signature(),
            model.encoding(),
            new Predictor.Door<>(
                gate,
                open,
                new RowCache<>(model.encoding(), settings.cacheBytes(), metrics),
                settings.deadline()),
            queue,
            metrics,
            System::nanoTime));
  }

  private void watch(OpenRequests open, List<BatchRunner<R>> loops) {
    RequestWatch watch =
        new RequestWatch(
            open, queue, loops, settings.runTimeout(), lifecycle::fail, System::nanoTime);
    Thread thread = new Thread(watch, "watch");
    // Answers deadlines to the very end, and keeps nobody.
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Says for the settings' delay that it is not ready, then stops taking work, finishes what was
   * accepted within {@code limit}, and ends all threads. Answers whether all work was finished.
   */
  boolean stop(Duration limit) throws InterruptedException {
    boolean served = lifecycle.state() == State.READY;
    lifecycle.moveTo(State.DRAINING);
    if (served) {
      Thread.sleep(settings.drainDelay().toMillis());
    }
    http.stopAccepting();
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    boolean idle = http.awaitIdle(limit);
    queue.close();
    http.close();
    boolean ended = idle && closeModels(deadlineNanos);
    lifecycle.moveTo(State.STOPPED);
    return ended;
  }

  /** A runner whose batch does not come back keeps the models open; answers whether none did. */
  private synchronized boolean closeModels(long deadlineNanos) throws InterruptedException {
    for (Thread runner : runners) {
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
      runner.join(Math.max(1, leftMillis));
      if (runner.isAlive()) {
        return false;
      }
    }
    models.forEach(ServedModel::close);
    return true;
  }

  private static PreparedCache modelCache(ServerSettings settings) {
    return new PreparedCache(
        settings.modelCache(), settings.modelCacheBytes(), System::currentTimeMillis);
  }

  private static BatchPolicy batchPolicy(ServerSettings settings) {
    return new BatchPolicy(settings.maxBatchRows(), settings.maxBatchTokens(), settings.maxWait());
  }

  private static HttpSettings httpSettings(ServerSettings settings) {
    HttpSettings defaults = HttpSettings.of(settings.host(), settings.port());
    return new HttpSettings(
        defaults.host(),
        defaults.port(),
        defaults.eventLoops(),
        settings.maxBodyBytes(),
        settings.maxArrivingBytes(),
        defaults.maxLeavingBytes(),
        settings.maxConnections(),
        defaults.requestTimeout(),
        defaults.idleTimeout(),
        defaults.drainGrace());
  }

  private List<Route> routes() {
    Endpoint health = new HealthEndpoint(lifecycle);
    Endpoint predict = new VertexEndpoint(service, settings.outputForm());
    return List.of(
        new Route("GET", "/health", "health", health),
        new Route("GET", settings.healthRoute(), "health", health),
        new Route("POST", "/predict", "predict", predict),
        new Route("POST", settings.predictRoute(), "predict", predict),
        new Route("GET", "/metrics", "metrics", new MetricsEndpoint(page)));
  }
}
