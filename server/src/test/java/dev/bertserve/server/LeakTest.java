package dev.bertserve.server;

import static dev.bertserve.server.InferenceServerTest.STOP_LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bertserve.server.access.Access;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.PuppetEngine;
import dev.bertserve.server.fixture.RawConnection;
import dev.bertserve.server.http.HttpServer;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.protocol.bigquery.BigQueryEndpoint;
import dev.bertserve.server.protocol.oip.InferStats;
import dev.bertserve.server.protocol.oip.OipRoutes;
import dev.bertserve.server.protocol.tfserving.TfServingRoutes;
import dev.bertserve.server.serving.ModelRegistry;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.ServedModel;
import dev.bertserve.server.serving.VersionLabels;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No response tells of paths, variables, classes or stack traces of the server. */
@Timeout(120)
final class LeakTest {

  private static final Pattern CODE =
      Pattern.compile(
          "Exception|Throwable|\\tat |\\.java\\b|\\b(java|javax|jdk|dev\\.bertserve|io\\.netty|io\\.grpc"
              + "|com\\.fasterxml|org\\.tensorflow)\\.[a-zA-Z]");

  private static final String SECRET = "/srv/secret";

  /** Shorter values are words that any text may have. */
  private static final int LEAST_VALUE = 8;

  private static final List<String> BODIES =
      List.of(
          "",
          "{",
          "[]",
          "\u0000\ud7ff",
          "[".repeat(200),
          "{\"instances\":7}",
          "{\"instances\":[{}],\"parameters\":{\"top_k\":\"x\"}}",
          "{\"instances\":[\"a\"],\"signature_name\":\"no\"}",
          "{\"inputs\":{\"text\":[[1.5]]}}",
          "{\"inputs\":[{\"name\":\"text\",\"shape\":[-1],\"datatype\":\"FP99\",\"data\":[1]}]}",
          "{\"calls\":[[1,2,3]]}",
          "{\"parameters\":{\"config\":\"x\"}}");

  private static final List<String> HEADERS =
      List.of(
          "X: y",
          "Content-Encoding: br",
          "Content-Encoding: gzip",
          "Expect: something",
          "Transfer-Encoding: gzip",
          "X-Request-Timeout-Ms: soon",
          "X-Request-Timeout-Ms: 1",
          "Inference-Header-Content-Length: -1",
          "Inference-Header-Content-Length: 1",
          "Host: another");

  private static final List<String> FURTHER_PATHS =
      List.of(
          "/",
          "/nowhere",
          "/../../etc/passwd",
          "/%2e%2e/%00",
          "/%zz",
          "/v1/models/nope:predict",
          "/v1/models/bert/versions/99999999999999999999:predict",
          "/v1/models/bert/labels/no",
          "/v2/models/nope/infer",
          "/v2/repository/models/nope/load",
          "/" + "x".repeat(9_000));

  private static void assertHarmless(String response, Path... folders) {
    assertThat(response).doesNotContainPattern(CODE).doesNotContain(SECRET);
    for (Path folder : folders) {
      assertThat(response)
          .doesNotContain(folder.toString())
          .doesNotContain(folder.toAbsolutePath().toString());
    }
    assertThat(response)
        .doesNotContain(System.getProperty("user.dir"), System.getProperty("java.io.tmpdir"));
    for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
      if (variable.getValue().length() >= LEAST_VALUE) {
        assertThat(response)
            .as("the value of %s", variable.getKey())
            .doesNotContain(variable.getValue());
      }
    }
  }

  /** The whole response, its connection closed. */
  private static String ask(int port, String method, String path, String header, String body)
      throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(
          method
              + " "
              + path
              + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
              + header
              + "\r\nContent-Length: "
              + bytes.length,
          bytes);
      return connection.rest();
    }
  }

  @Test
  void routes_requestsThatFail_tellOfThemselvesAlone() throws Exception {
    InferenceServer server = InferenceServerTest.server("--model-control", "--grpc-port=-1");
    try {
      server.load(InferenceServerTest.MODEL);
      List<String> paths = new ArrayList<>(FURTHER_PATHS);
      JsonNode api =
          InferenceServerTest.JSON.readTree(
              InferenceServerTest.get(server, "/openapi.json").body());
      api.get("paths")
          .fieldNames()
          .forEachRemaining(
              path ->
                  paths.add(
                      path.replace("{model}", "bert")
                          .replace("{version}", "1")
                          .replace("{label}", "no")));
      paths.remove("/v2/repository/models/bert/unload");
      int answers = 0;
      for (String path : paths) {
        for (String body : BODIES) {
          assertHarmless(ask(server.port(), "POST", path, "X: y", body), Models.builtIn());
          answers++;
        }
        for (String header : HEADERS) {
          assertHarmless(ask(server.port(), "GET", path, header, ""), Models.builtIn());
          assertHarmless(ask(server.port(), "POST", path, header, BODIES.get(5)), Models.builtIn());
        }
        assertHarmless(ask(server.port(), "DELETE", path, "X: y", ""), Models.builtIn());
      }
      assertThat(answers).isGreaterThan(20 * BODIES.size());
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void routes_modelThatCannotBeLoaded_nameItsFilesWithoutTheirFolder(@TempDir Path folder)
      throws Exception {
    Files.writeString(folder.resolve("saved_model.pb"), "no proto");
    InferenceServer server = InferenceServerTest.server("--model-control");
    try {
      assertThatThrownBy(
              () ->
                  server.load(
                      new ModelLocation(folder, "broken", Optional.empty(), Optional.empty())))
          .hasMessageContaining(folder.toString());

      assertThat(InferenceServerTest.get(server, "/health").body())
          .contains("saved_model.pb", "(expected: a SavedModel proto)");
      for (String path :
          List.of(
              "/health",
              "/metrics",
              "/v1/models/bert",
              "/v1/models/bert/metadata",
              "/v2/models/bert",
              "/v2/models/bert/ready",
              "/v2/models/stats")) {
        assertHarmless(ask(server.port(), "GET", path, "X: y", ""), folder);
      }
      for (String path : List.of("/v2/repository/index", "/predict", "/v2/models/bert/infer")) {
        assertHarmless(ask(server.port(), "POST", path, "X: y", BODIES.get(5)), folder);
      }
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void load_ofAVersionThatCannotBeRead_namesItsFilesWithoutTheirFolder(@TempDir Path folder)
      throws Exception {
    Models.copy(Models.builtIn(), folder.resolve("1"));
    InferenceServer server =
        InferenceServerTest.server("--model-control", "--versions=all", "--version-poll-seconds=0");
    try {
      server.load(new ModelLocation(folder, "bert", Optional.empty(), Optional.empty()));
      Files.writeString(
          Files.createDirectory(folder.resolve("2")).resolve("saved_model.pb"), "no proto");

      String load = ask(server.port(), "POST", "/v2/repository/models/bert/load", "X: y", "{}");

      assertThat(load).contains("failed to load", "saved_model.pb");
      assertHarmless(load, folder);
      String index = ask(server.port(), "POST", "/v2/repository/index", "X: y", "{}");
      assertThat(index).contains("saved_model.pb");
      assertHarmless(index, folder);
      for (String path : List.of("/health", "/v1/models/bert", "/v1/models/bert/versions/2")) {
        String response = ask(server.port(), "GET", path, "X: y", "");
        assertThat(response).contains("saved_model.pb");
        assertHarmless(response, folder);
      }
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void predictions_engineThatFails_areInternalErrorsWithoutTheCause() throws Exception {
    Lifecycle lifecycle = new Lifecycle();
    MetricsPage page = new MetricsPage();
    ModelRegistry registry = new ModelRegistry(lifecycle);
    ServedModel model = failing(page, lifecycle);
    registry.activate(model);
    List<Route> routes =
        new ArrayList<>(TfServingRoutes.of(registry, VersionLabels.parse(List.of())));
    routes.addAll(BigQueryEndpoint.routes(registry, "bert"));
    routes.addAll(OipRoutes.of(registry, new InferStats(System::nanoTime)));
    try (HttpServer server =
        new HttpServer(
            HttpSettings.of("127.0.0.1", 0),
            Access.FREE,
            new Router(routes),
            new HttpMetrics(page))) {
      Map<String, String> requests =
          Map.of(
              "/v1/models/bert:predict", "{\"instances\":[\"a\"]}",
              "/v1/models/bert:classify", "{\"examples\":[{\"text\":\"a\"}]}",
              "/v1/models/bert:regress", "{\"examples\":[{\"text\":\"a\"}]}",
              "/v2/models/bert/infer",
                  "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"a\"]}]}",
              "/bigquery", "{\"calls\":[[\"a\"]]}");
      for (Map.Entry<String, String> request : requests.entrySet()) {
        String response = ask(server.port(), "POST", request.getKey(), "X: y", request.getValue());

        assertThat(response).startsWith("HTTP/1.1 500 ");
        assertHarmless(response);
      }
    } finally {
      model.closeNow();
    }
  }

  private static ServedModel failing(MetricsPage page, Lifecycle lifecycle) {
    return ServedModel.start(
        new ModelVersion("bert", 1),
        new PuppetEngine(
                row -> {
                  throw new IllegalStateException(SECRET + " " + System.getenv("PATH"));
                })
            .servable(),
        Optional.empty(),
        PuppetEngine.settings(1),
        page,
        lifecycle::fail,
        System::nanoTime);
  }
}
