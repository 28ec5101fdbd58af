package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.fixture.CountingModel;
import dev.bertserve.server.http.HttpServer;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.protocol.oip.OipRoutes;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.tfserving.TfServingRoutes;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.protocol.vertex.VertexSettings;
import dev.bertserve.server.serving.OutputSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests of each dialect over a socket, and the responses byte by byte, as in {@code
 * src/test/resources/dialects}. {@code -Dgolden=write} writes the responses instead.
 */
final class GoldenTest {

  private static final Path FOLDER = Path.of("src", "test", "resources", "dialects");
  private static final boolean WRITE = System.getProperty("golden", "").equals("write");

  private static final List<OutputSpec> ONE_OUTPUT = List.of(new OutputSpec("score", List.of(1)));
  private static final List<OutputSpec> TWO_OUTPUTS =
      List.of(
          new OutputSpec("probabilities", List.of(3)), new OutputSpec("class", List.of(), true));

  static List<GoldenExchange> exchanges() throws IOException {
    List<GoldenExchange> all = new ArrayList<>();
    for (String dialect : List.of("vertex", "tfserving", "oip")) {
      all.addAll(GoldenExchange.of(FOLDER.resolve(dialect)));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("exchanges")
  void request_ofADialect_getsTheGoldenResponse(GoldenExchange exchange) throws IOException {
    String actual = GoldenExchange.shown(respond(exchange));

    if (WRITE) {
      exchange.write(actual);
    }
    assertThat(actual).isEqualTo(WRITE ? actual : exchange.response());
  }

  private static byte[] respond(GoldenExchange exchange) throws IOException {
    HttpServer server =
        new HttpServer(
            HttpSettings.of("127.0.0.1", 0),
            new Router(routes(model(exchange.toString()))),
            new HttpMetrics(new MetricsPage()));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(exchange.request());
      return socket.getInputStream().readAllBytes();
    } finally {
      server.close();
    }
  }

  /** The name of a file tells the model: pairs, two outputs, or one that is loading. */
  private static CountingModel model(String name) {
    CountingModel model =
        new CountingModel(
            name.contains("pair") ? List.of("premise", "claim") : List.of("text"),
            name.contains("two_outputs") ? TWO_OUTPUTS : ONE_OUTPUT);
    if (name.contains("loading")) {
      model.unload();
    }
    return model;
  }

  private static List<Route> routes(CountingModel model) {
    List<Route> routes = new ArrayList<>(TfServingRoutes.of(model));
    routes.addAll(OipRoutes.of(model, () -> 0));
    routes.add(
        new Route(
            "POST",
            "/predict",
            "predict",
            new VertexEndpoint(
                model::lease, new VertexSettings(PredictionForm.TENSOR, NullText.ERROR))));
    return routes;
  }
}
