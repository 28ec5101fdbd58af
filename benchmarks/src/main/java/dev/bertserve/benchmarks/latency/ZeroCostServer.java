package dev.bertserve.benchmarks.latency;

import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.CostModel;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.http.HttpServer;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.protocol.vertex.PredictionForm;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.serving.BatchRunner;
import dev.bertserve.server.serving.OpenRequests;
import dev.bertserve.server.serving.Predictor;
import dev.bertserve.server.serving.RequestWatch;
import dev.bertserve.server.serving.Row;
import dev.bertserve.server.serving.RowCache;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.server.serving.admission.AdmissionGate;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The server as {@code serve} wires it, with its default settings, over an engine that costs
 * nothing.
 */
final class ZeroCostServer implements SmallServer {

  private static final int MAX_BATCH_ROWS = 64;
  private static final int RUNNERS = Runtime.getRuntime().availableProcessors();
  private static final Duration DEADLINE = Duration.ofSeconds(55);
  private static final long CACHE_BYTES = 64L << 20;

  private final BatchQueue<Row<TokenIds>> queue;
  private final HttpServer http;
  private final Thread watch;
  private final List<Thread> runners = new ArrayList<>();

  ZeroCostServer(BuiltInModel model) throws IOException {
    ZeroCostEngine engine = new ZeroCostEngine(model.signature().outputs(), MAX_BATCH_ROWS);
    queue =
        new BatchQueue<>(
            new BatchPolicy(MAX_BATCH_ROWS, Duration.ZERO),
            engine.shapes(),
            new CostModel(engine.shapes(), MAX_BATCH_ROWS, RUNNERS),
            System::nanoTime);
    AdmissionGate gate = new AdmissionGate(4_096, 64L << 20, queue::drainNanos);
    MetricsPage page = new MetricsPage();
    InferenceMetrics metrics = new InferenceMetrics(page, gate::rowsInFlight, queue::waitingRows);
    OpenRequests open = new OpenRequests();
    List<BatchRunner<?>> loops = new ArrayList<>();
    for (int i = 0; i < RUNNERS; i++) {
      BatchRunner<TokenIds> loop = new BatchRunner<>(queue, engine, metrics, System::nanoTime);
      loops.add(loop);
      runners.add(new Thread(loop, "runner-" + i));
    }
    watch =
        new Thread(
            new RequestWatch(
                open, queue, loops, Duration.ofMinutes(2), reason -> {}, System::nanoTime),
            "watch");
    TokenEncoding encoding = new TokenEncoding(model.tokenizer());
    Predictor<TokenIds> predictor =
        new Predictor<>(
            model.signature(),
            encoding,
            new Predictor.Door<>(
                gate, open, new RowCache<>(encoding, CACHE_BYTES, metrics), DEADLINE),
            queue,
            metrics,
            System::nanoTime);
    Route route =
        new Route(
            "POST", "/predict", "predict", new VertexEndpoint(predictor, PredictionForm.TENSOR));
    http =
        new HttpServer(
            HttpSettings.of("127.0.0.1", 0), new Router(List.of(route)), new HttpMetrics(page));
    runners.forEach(Thread::start);
    watch.start();
  }

  @Override
  public int port() {
    return http.port();
  }

  @Override
  public void stop() throws InterruptedException {
    http.close();
    queue.close();
    watch.interrupt();
    for (Thread runner : runners) {
      runner.join();
    }
  }
}
