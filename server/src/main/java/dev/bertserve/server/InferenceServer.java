package dev.bertserve.server;

import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.config.ServerSettings;
import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.http.HttpServer;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.inference.AdmissionGate;
import dev.bertserve.server.inference.BatchRunner;
import dev.bertserve.server.inference.Predictor;
import dev.bertserve.server.inference.Row;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.protocol.operations.HealthEndpoint;
import dev.bertserve.server.protocol.operations.MetricsEndpoint;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The wiring, in reading order: listen, load, serve, stop. All threads of the server are born here.
 */
final class InferenceServer {

  private final ServerSettings settings;
  private final Lifecycle lifecycle = new Lifecycle();
  private final MetricsPage page = new MetricsPage();
  private final AdmissionGate gate;
  private final InferenceMetrics metrics;
  private final BatchQueue<Row> queue;
  private final DeferredService service = new DeferredService(lifecycle);
  private final HttpServer http;
  private final List<AutoCloseable> engines = new ArrayList<>();
  private final List<Thread> runners = new ArrayList<>();

  /** Listens at once and answers 503 until {@link #load} is done. */
  InferenceServer(ServerSettings settings) throws IOException {
    this.settings = settings;
    gate = new AdmissionGate(settings.maxRowsInFlight());
    metrics = new InferenceMetrics(page, gate::rowsInFlight);
    queue = new BatchQueue<>(new BatchPolicy(settings.maxBatchRows()));
    http =
        new HttpServer(
            HttpSettings.of(settings.host(), settings.port()),
            new Router(routes()),
            new HttpMetrics(page));
  }

  int port() {
    return http.port();
  }

  /** Loads the model and serves it; where that fails, the server stays up to say why. */
  LoadedModel load(ModelLocation location) throws IOException {
    try {
      LoadedModel model = LoadedModel.load(location.folder(), settings.engine());
      engines.add(model);
      model.warmUp(settings.maxBatchRows());
      for (int i = 0; i < settings.runners(); i++) {
        Thread runner =
            new Thread(
                new BatchRunner(queue, model.engine(), metrics, System::nanoTime), "runner-" + i);
        runner.start();
        runners.add(runner);
      }
      service.become(
          new Predictor(
              model.model().signature(),
              model.tokenizer(),
              gate,
              queue,
              metrics,
              System::nanoTime));
      lifecycle.moveTo(State.READY);
      return model;
    } catch (IOException | RuntimeException e) {
      lifecycle.fail(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** Stops taking work, finishes what was accepted within {@code limit}, and ends all threads. */
  void stop(Duration limit) throws InterruptedException {
    lifecycle.moveTo(State.DRAINING);
    http.stopAccepting();
    boolean idle = http.awaitIdle(limit);
    queue.close();
    http.close();
    if (idle) {
      for (Thread runner : runners) {
        runner.join();
      }
      closeEngines();
    }
    lifecycle.moveTo(State.STOPPED);
  }

  private void closeEngines() {
    for (AutoCloseable engine : engines) {
      try {
        engine.close();
      } catch (Exception e) {
        throw new IllegalStateException("engine: cannot be closed", e);
      }
    }
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
