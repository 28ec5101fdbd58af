package dev.bertserve.server.wiring;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.CostModel;
import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.http.HttpServer;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.protocol.operations.HealthEndpoint;
import dev.bertserve.server.protocol.operations.MetricsEndpoint;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.savedmodel.PreparedCache;
import dev.bertserve.server.serving.AdmissionGate;
import dev.bertserve.server.serving.BatchRunner;
import dev.bertserve.server.serving.OpenRequests;
import dev.bertserve.server.serving.PredictionService;
import dev.bertserve.server.serving.Predictor;
import dev.bertserve.server.serving.RequestWatch;
import dev.bertserve.server.serving.Row;
import dev.bertserve.server.serving.RowCache;
import dev.bertserve.server.serving.RunnerTrial;
import dev.bertserve.server.serving.ServingLoop;
import dev.bertserve.server.serving.WarmUp;
import dev.bertserve.server.tensorflow.EngineSettings;
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

  /** A batch that takes longer hangs: a batch takes at most seconds. */
  private static final Duration RUN_TIMEOUT = Duration.ofMinutes(2);

  private final ServerSettings settings;
  private final ServedModel.Loader<R> loader;
  private final Lifecycle lifecycle = new Lifecycle();
  private final MetricsPage page = new MetricsPage();
  private final DeferredService service = new DeferredService(lifecycle);
  private final HttpServer http;

  @GuardedBy("this")
  private final List<ServedModel<R>> models = new ArrayList<>();

  @GuardedBy("this")
  private final List<BatchQueue<Row<R>>> queues = new ArrayList<>();

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
            location ->
                LoadedOriginal.load(location.folder(), opLibraries, engine.threadsPerRun()));
  }

  private InferenceServer(ServerSettings settings, ServedModel.Loader<R> loader)
      throws IOException {
    this.settings = settings;
    this.loader = loader;
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
        WarmedUp warm = warmUp(model);
        // What preparing has left goes back to the machine before the first request comes.
        System.gc();
        serve(model, warm);
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

  /** What warming up found. */
  private record WarmedUp(int runners, CostModel costs) {}

  /** Readiness waits for it. */
  private WarmedUp warmUp(ServedModel<R> model) {
    int asked = settings.runners();
    int most = asked == 0 ? model.mostRunners() : asked;
    ExecutorService threads =
        Executors.newFixedThreadPool(most, loop -> new Thread(loop, "warm-up"));
    try {
      WarmUp warmUp = new WarmUp(model.engine(), threads, System::nanoTime);
      warmUp.prime(most);
      RunnerTrial trial = new RunnerTrial(model.engine(), threads, System::nanoTime);
      int count = asked == 0 ? trial.best(most) : asked;
      CostModel costs = new CostModel(model.engine().shapes(), settings.maxBatchRows(), count);
      warmUp
          .time(count)
          .forEach((shape, nanos) -> costs.recordRun(shape.tokens(), shape.tokens(), nanos));
      return new WarmedUp(count, costs);
    } finally {
      threads.shutdown();
    }
  }

  /** A model that comes after the order to stop is refused: nobody would close it. */
  private synchronized void serve(ServedModel<R> model, WarmedUp warm) {
    if (lifecycle.state().compareTo(State.DRAINING) >= 0) {
      throw new IllegalStateException("the server is stopping");
    }
    models.add(model);
    BatchQueue<Row<R>> queue =
        new BatchQueue<>(
            batchPolicy(settings), model.engine().shapes(), warm.costs(), System::nanoTime);
    queues.add(queue);
    AdmissionGate gate =
        new AdmissionGate(
            settings.maxRowsInFlight(), settings.maxBytesInFlight(), queue::drainNanos);
    InferenceMetrics metrics = new InferenceMetrics(page, gate::rowsInFlight, queue::waitingRows);
    List<BatchRunner<R>> loops = new ArrayList<>();
    for (int i = 0; i < warm.runners(); i++) {
      BatchRunner<R> loop = new BatchRunner<>(queue, model.engine(), metrics, System::nanoTime);
      loops.add(loop);
      Thread runner = thread("runner-" + i, loop);
      runner.start();
      runners.add(runner);
    }
    OpenRequests open = new OpenRequests();
    watch(open, queue, loops);
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

  private void watch(OpenRequests open, BatchQueue<Row<R>> queue, List<BatchRunner<R>> loops) {
    RequestWatch watch =
        new RequestWatch(open, queue, loops, RUN_TIMEOUT, lifecycle::fail, System::nanoTime);
    Thread thread = thread("watch", watch);
    // Answers deadlines to the very end, and keeps nobody.
    thread.setDaemon(true);
    thread.start();
  }

  /** A thread without which the server cannot serve: health turns 503 if it fails. */
  private Thread thread(String name, Runnable loop) {
    return new Thread(new ServingLoop(loop, lifecycle::fail), name);
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
    closeQueues();
    http.close();
    boolean ended = idle && closeModels(deadlineNanos);
    lifecycle.moveTo(State.STOPPED);
    return ended;
  }

  private synchronized void closeQueues() {
    queues.forEach(BatchQueue::close);
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
    return new BatchPolicy(settings.maxBatchRows(), settings.maxWait());
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
