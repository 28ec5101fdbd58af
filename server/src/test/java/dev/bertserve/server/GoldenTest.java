package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.fixture.CountingModel;
import dev.bertserve.server.http.HttpServer;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.protocol.bigquery.BigQueryEndpoint;
import dev.bertserve.server.protocol.oip.InferStats;
import dev.bertserve.server.protocol.oip.OipRoutes;
import dev.bertserve.server.protocol.operations.CorsEndpoint;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.tfserving.TfServingRoutes;
import dev.bertserve.server.protocol.vertex.VertexEndpoint;
import dev.bertserve.server.protocol.vertex.VertexSettings;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import dev.bertserve.server.serving.VersionLabels;
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
          new OutputSpec("probabilities", List.of(3)),
          new OutputSpec("class", List.of(), ValueType.INT64));

  private static final List<OutputSpec> LABELLED =
      List.of(
          new OutputSpec("score", List.of(2)),
          new OutputSpec("label", List.of(2), ValueType.STRING, 20, ""));
  private static final InputSpec TEXT = InputSpec.text("text");
  private static final InputSpec KEY = new InputSpec("key", List.of(), ValueType.INT64, false);
  private static final InputSpec WEIGHT =
      new InputSpec("weight", List.of(), ValueType.FLOAT, false);
  private static final List<OutputSpec> WEIGHTED =
      List.of(
          new OutputSpec("weight", List.of(), ValueType.FLOAT, 0, "weight"),
          new OutputSpec("score", List.of(1)));
  private static final InputSpec TAG = new InputSpec("tag", List.of(), ValueType.STRING, false);
  private static final List<OutputSpec> TAGGED =
      List.of(
          new OutputSpec("score", List.of(1)),
          new OutputSpec("tag", List.of(), ValueType.STRING, 0, "tag"));
  private static final List<OutputSpec> KEYED =
      List.of(
          new OutputSpec("score", List.of(1)),
          new OutputSpec("key", List.of(), ValueType.INT64, 0, "key"));

  static List<GoldenExchange> exchanges() throws IOException {
    List<GoldenExchange> all = new ArrayList<>();
    for (String dialect : List.of("vertex", "tfserving", "oip", "bigquery")) {
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
            Access.FREE,
            new Router(routes(exchange.toString())),
            new HttpMetrics(new MetricsPage()));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(exchange.request());
      return socket.getInputStream().readAllBytes();
    } finally {
      server.close();
    }
  }

  /** The name of a file tells the model's inputs and outputs, and whether it is loading. */
  private static CountingModel model(String name) {
    CountingModel model = new CountingModel(new ModelSignature(inputs(name), outputs(name)));
    if (name.contains("loading")) {
      model.unload();
    }
    return model;
  }

  private static List<InputSpec> inputs(String name) {
    if (name.contains("pair")) {
      return List.of(InputSpec.text("premise"), InputSpec.text("claim"));
    }
    if (name.contains("optional")) {
      return List.of(TEXT, InputSpec.optionalText("text_pair"));
    }
    if (name.contains("weighted")) {
      return List.of(TEXT, WEIGHT);
    }
    if (name.contains("tagged")) {
      return List.of(TEXT, TAG);
    }
    return name.contains("keyed") ? List.of(TEXT, KEY) : List.of(TEXT);
  }

  private static List<OutputSpec> outputs(String name) {
    if (name.contains("two_outputs")) {
      return TWO_OUTPUTS;
    }
    if (name.contains("index_first")) {
      return List.of(TWO_OUTPUTS.get(1), ONE_OUTPUT.get(0));
    }
    if (name.contains("labelled")) {
      return LABELLED;
    }
    if (name.contains("weighted")) {
      return WEIGHTED;
    }
    if (name.contains("tagged")) {
      return TAGGED;
    }
    return name.contains("keyed") ? KEYED : ONE_OUTPUT;
  }

  /** The name of a file tells the settings too. */
  private static List<Route> routes(String name) {
    CountingModel model = model(name);
    List<Route> routes = new ArrayList<>(TfServingRoutes.of(model, VersionLabels.parse(List.of())));
    routes.addAll(BigQueryEndpoint.routes(model, "bert"));
    routes.addAll(OipRoutes.of(model, new InferStats(() -> 0)));
    routes.add(
        new Route(
            "POST",
            "/predict",
            "predict",
            new VertexEndpoint(
                model::lease,
                new VertexSettings(
                    PredictionForm.TENSOR,
                    name.contains("null_allowed") ? NullText.NULL : NullText.ERROR))));
    return name.contains("cors") ? CorsEndpoint.allow(routes, "https://example.com") : routes;
  }
}
