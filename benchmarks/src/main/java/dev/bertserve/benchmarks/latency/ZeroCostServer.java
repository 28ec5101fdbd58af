package dev.bertserve.benchmarks.latency;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.http.HttpServer;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.protocol.vertex.VertexSettings;
import dev.bertserve.server.serving.ModelRegistry;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.ServedModel;
import dev.bertserve.server.serving.ServingSettings;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.server.text.TextProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The server as {@code serve} wires it, with default settings and an engine that costs nothing. */
final class ZeroCostServer implements SmallServer {

  private static final int MAX_BATCH_ROWS = 64;
  private static final int RUNNERS = Runtime.getRuntime().availableProcessors();
  private static final ServingSettings SETTINGS =
      new ServingSettings(
          new BatchPolicy(MAX_BATCH_ROWS, Duration.ZERO),
          4_096,
          64L << 20,
          64L << 20,
          Duration.ofSeconds(55),
          Duration.ofMinutes(2),
          RUNNERS);

  private final ModelRegistry registry = new ModelRegistry(new Lifecycle());
  private final HttpServer http;

  ZeroCostServer(BuiltInModel model) throws IOException {
    MetricsPage page = new MetricsPage();
    registry.activate(
        ServedModel.start(
            new ModelVersion("bert", 1),
            new Servable(
                List.of(NamedSignature.only("serving_default", model.signature())),
                new TokenEncoding(TextProgram.unchanged(1), model.tokenizer()),
                new ZeroCostEngine(model.signature().outputs(), MAX_BATCH_ROWS),
                RUNNERS,
                "costs nothing",
                "none"),
            Optional.empty(),
            SETTINGS,
            page,
            reason -> {},
            System::nanoTime));
    Route route =
        new Route(
            "POST",
            "/predict",
            "predict",
            new VertexEndpoint(
                registry.latest("bert"),
                new VertexSettings(PredictionForm.TENSOR, NullText.ERROR)));
    http =
        new HttpServer(
            HttpSettings.of("127.0.0.1", 0),
            Access.FREE,
            new Router(List.of(route)),
            new HttpMetrics(page));
  }

  @Override
  public int port() {
    return http.port();
  }

  @Override
  public void stop() throws InterruptedException {
    http.close();
    for (ServedModel model : registry.retireAll()) {
      model.close(Long.MAX_VALUE, System::nanoTime);
    }
  }
}
