package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bertserve.server.cli.EnvironmentDefaults;
import dev.bertserve.server.cli.ServeOptions;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import dev.bertserve.server.wiring.ServerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The whole server with the built-in model, over real sockets. */
@Timeout(120)
final class InferenceServerTest {

  private static final double TOLERANCE = 1e-5;
  static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  static final ModelLocation MODEL =
      new ModelLocation(Models.builtIn(), "built in", Optional.empty(), Optional.empty());

  private static InferenceServer shared;

  @BeforeAll
  static void start() throws IOException {
    shared = server("--max-rows-in-flight=256");
    shared.load(MODEL);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    shared.stop(STOP_LIMIT);
  }

  @Test
  void predict_everyFormOfAnInstance_returnsPredictionsInOrder() throws Exception {
    List<KnownAnswer> answers = KnownAnswer.builtIn().subList(0, 3);
    ArrayNode instances = JSON.createArrayNode();
    instances.add(answers.get(0).text());
    instances.addObject().put("text", answers.get(1).text());
    instances.addArray().add(answers.get(2).text());

    HttpResponse<String> response = predict(shared, body(instances));

    assertThat(response.statusCode()).isEqualTo(200);
    assertScores(response.body(), answers);
  }

  @Test
  void predict_noInstances_returnsNoPredictions() throws Exception {
    HttpResponse<String> response = predict(shared, "{\"instances\":[]}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"predictions\":[]}");
  }

  @Test
  void predict_batchesFromFourConnections_areCompleteAndInOrder() throws Exception {
    List<KnownAnswer> answers = KnownAnswer.builtIn();
    ExecutorService clients = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        counts.add(clients.submit(() -> scoreAll(answers)));
      }
      for (Future<Integer> count : counts) {
        assertThat(count.get()).isEqualTo(answers.size());
      }
    } finally {
      clients.shutdownNow();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"instances\":[\"a\",7]} | 400 | instances[1]",
        "{\"instances\":[null]} | 400 | instances[0]",
        "{\"instances\":7} | 400 | instances",
        "{} | 400 | instances",
        "{ | 400 | body",
      })
  void predict_badRequest_isToldAndTheNextOneWorks(String body, int status, String part)
      throws Exception {
    HttpResponse<String> refused = predict(shared, body);

    assertThat(refused.statusCode()).isEqualTo(status);
    assertThat(JSON.readTree(refused.body()).get("error").asText()).contains(part);
    assertThat(predict(shared, "{\"instances\":[\"fine\"]}").statusCode()).isEqualTo(200);
  }

  @Test
  void predict_moreRowsThanAreEverAdmitted_isTooLarge() throws Exception {
    HttpResponse<String> response = predict(shared, rows(257));

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body())
        .contains("more than 256 rows (expected: at most that in one request)");
  }

  @Test
  void metrics_afterARequest_countIt() throws Exception {
    predict(shared, "{\"instances\":[\"fine\"]}");

    assertThat(get(shared, "/metrics").body())
        .containsPattern("bertserve_http_requests_total\\{.*route=\"predict\".*status=\"200\".*}")
        .contains(
            "bertserve_queue_wait_seconds_bucket",
            "bertserve_batch_rows_bucket",
            "bertserve_batch_tokens_bucket",
            "bertserve_rows_in_flight");
  }

  @Test
  void predict_moreThanRowsInFlight_isOverloadedAndWorksLater() throws Exception {
    InferenceServer server = server("--max-rows-in-flight=64", "--runners=1");
    try {
      server.load(MODEL);
      List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        responses.add(
            CLIENT.sendAsync(post(server, rows(64)), HttpResponse.BodyHandlers.ofString()));
      }

      List<HttpResponse<String>> refused = new ArrayList<>();
      for (CompletableFuture<HttpResponse<String>> response : responses) {
        assertThat(response.get().statusCode()).isIn(200, 429);
        if (response.get().statusCode() == 429) {
          refused.add(response.get());
        }
      }
      assertThat(refused).isNotEmpty().hasSizeLessThan(responses.size());
      assertThat(refused)
          .allSatisfy(
              response -> {
                assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
                assertThat(JSON.readTree(response.body()).get("error").asText())
                    .startsWith("overloaded: 64 rows in flight");
              });
      assertThat(predict(server, rows(64)).statusCode()).isEqualTo(200);
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void predict_bodyOverTheSetLimit_isTooLarge() throws Exception {
    InferenceServer server = server("--max-body-bytes=1000");
    try {
      server.load(MODEL);

      assertThat(predict(server, rows(100)).statusCode()).isEqualTo(413);
      assertThat(predict(server, rows(1)).statusCode()).isEqualTo(200);
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void server_portTaken_namesThePort() {
    assertThatThrownBy(() -> server("--port=" + shared.port()))
        .isInstanceOf(IOException.class)
        .hasMessage("port: " + shared.port() + " (expected: free on 127.0.0.1)");
  }

  private static int scoreAll(List<KnownAnswer> answers) throws Exception {
    int count = 0;
    for (int start = 0; start < answers.size(); start += 64) {
      List<KnownAnswer> part = answers.subList(start, Math.min(answers.size(), start + 64));
      ArrayNode instances = JSON.createArrayNode();
      part.forEach(answer -> instances.add(answer.text()));
      HttpResponse<String> response = predict(shared, body(instances));
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      count += assertScores(response.body(), part);
    }
    return count;
  }

  private static int assertScores(String body, List<KnownAnswer> answers) throws IOException {
    JsonNode predictions = JSON.readTree(body).get("predictions");
    assertThat(predictions).hasSameSizeAs(answers);
    for (int i = 0; i < answers.size(); i++) {
      assertThat(predictions.get(i).get(0).asDouble())
          .isCloseTo(answers.get(i).score(), within(TOLERANCE));
    }
    return predictions.size();
  }

  static InferenceServer server(String... flags) throws IOException {
    ServeOptions options = new ServeOptions();
    CommandLine command = new CommandLine(options);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setDefaultValueProvider(
        new EnvironmentDefaults(
            Map.of(
                "AIP_HTTP_PORT",
                "0",
                "BERTSERVE_HOST",
                "127.0.0.1",
                "BERTSERVE_PRECISION",
                "fp32",
                "BERTSERVE_MODEL_CACHE_MB",
                "0")));
    command.parseArgs(flags);
    ServerSettings settings = options.settings(2, Runtime.getRuntime().maxMemory());
    return InferenceServer.listen(settings);
  }

  /** A request of {@code count} rows, which keeps the model busy for a while. */
  static String rows(int count) {
    ArrayNode instances = JSON.createArrayNode();
    for (int i = 0; i < count; i++) {
      instances.add(i + " very good".repeat(60));
    }
    return body(instances);
  }

  static String body(ArrayNode instances) {
    ObjectNode body = JSON.createObjectNode();
    body.set("instances", instances);
    return body.toString();
  }

  /** The predictions for {@code instances}, which all succeed. */
  static JsonNode predictions(InferenceServer server, ArrayNode instances) throws Exception {
    HttpResponse<String> response = predict(server, body(instances));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode predictions = JSON.readTree(response.body()).get("predictions");
    assertThat(predictions).hasSize(instances.size());
    return predictions;
  }

  static HttpResponse<String> predict(InferenceServer server, String body)
      throws IOException, InterruptedException {
    return send(post(server, body));
  }

  static HttpResponse<String> get(InferenceServer server, String path)
      throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(server, path)).build());
  }

  static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }

  static HttpRequest post(InferenceServer server, String body) {
    return post(server, "/predict", body);
  }

  static HttpRequest post(InferenceServer server, String path, String body) {
    return HttpRequest.newBuilder(uri(server, path))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static URI uri(InferenceServer server, String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }
}
