package dev.bertserve.server.http;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.fixture.Leases;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.protocol.operations.HealthEndpoint;
import dev.bertserve.server.protocol.operations.MetricsEndpoint;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.protocol.vertex.VertexSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A whole server on a free port, with a puppet in the model's place. */
final class TestServer implements AutoCloseable {

  /** A body of two rows, and the response. */
  static final String TWO_ROWS = "{\"instances\":[\"ab\",\"abc\"]}";

  static final String TWO_SCORES = "{\"predictions\":[[2.0],[3.0]]}";

  static final int MAX_BODY_BYTES = 1_000_000;
  static final int MAX_ARRIVING_BYTES = 1_500_000;
  static final int MAX_CONNECTIONS = 64;
  static final int EVENT_LOOPS = 2;
  static final String BOTH_ROUTE = "/v1/endpoints/1/deployedModels/2:predict";

  final PuppetService service = new PuppetService();
  final Lifecycle lifecycle = new Lifecycle();
  final PuppetEndpoint puppet = new PuppetEndpoint();
  final MetricsPage page = new MetricsPage();
  final HttpServer http;

  /** The server of a test class's field. */
  static TestServer start() {
    try {
      return new TestServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TestServer() throws IOException {
    this(Duration.ofSeconds(20), Duration.ofSeconds(20));
  }

  TestServer(Duration requestTimeout, Duration idleTimeout) throws IOException {
    this(requestTimeout, idleTimeout, Access.FREE);
  }

  TestServer(Access access) throws IOException {
    this(Duration.ofSeconds(20), Duration.ofSeconds(20), access);
  }

  private TestServer(Duration requestTimeout, Duration idleTimeout, Access access)
      throws IOException {
    lifecycle.moveTo(State.READY);
    HealthEndpoint health = new HealthEndpoint(lifecycle, List::of);
    VertexEndpoint predict =
        new VertexEndpoint(
            () -> Leases.of(service), new VertexSettings(PredictionForm.TENSOR, NullText.ERROR));
    Router router =
        new Router(
            List.of(
                new Route("GET", "/health", "health", health).forProbes(),
                new Route("GET", BOTH_ROUTE, "health", health),
                new Route("POST", "/predict", "predict", predict),
                new Route("POST", BOTH_ROUTE, "predict", predict),
                new Route("GET", "/puppet", "puppet", puppet),
                new Route("POST", "/puppet", "puppet", puppet),
                new Route("GET", "/metrics", "metrics", new MetricsEndpoint(page))));
    http =
        new HttpServer(
            new HttpSettings(
                "127.0.0.1",
                0,
                EVENT_LOOPS,
                MAX_BODY_BYTES,
                MAX_ARRIVING_BYTES,
                MAX_CONNECTIONS,
                requestTimeout,
                idleTimeout,
                Duration.ofMillis(100)),
            access,
            router,
            new HttpMetrics(page));
  }

  RawClient client() throws IOException {
    return new RawClient(http.port());
  }

  /** A prediction request on the wire, its connection kept. */
  static String predict(String body) {
    return "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  @Override
  public void close() {
    puppet.blocker.countDown();
    http.close();
  }
}
