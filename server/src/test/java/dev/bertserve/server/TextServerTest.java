package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.ServerOptions;
import dev.bertserve.server.embedded.TextModel;
import dev.bertserve.server.embedded.TextServer;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.RpcClient;
import dev.bertserve.server.fixture.TestCertificate;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers within this program. */
@Timeout(120)
final class TextServerTest {

  private static final ModelOptions FP32 = ModelOptions.DEFAULT.withPrecision("fp32");
  private static final ServerOptions OPTIONS = ServerOptions.DEFAULT.withModel(FP32);
  private static final String BUILT_IN = Models.builtIn().toString();
  private static final String CLASSES = SmallModels.folder("out_classes").toString();

  /** Of servers and models, without the numbers that shared pools of libraries count on. */
  private static final Pattern OURS =
      Pattern.compile(
          "http-.*|grpc-accept.*|runner-.*|watch|warm-up|versions|access-files|model-cache");

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static HttpResponse<String> predict(TextServer server) throws Exception {
    return post("http://127.0.0.1:" + server.port() + "/predict");
  }

  private static HttpResponse<String> post(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(request(url).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url))
        .POST(HttpRequest.BodyPublishers.ofString("{\"instances\":[\"a fine film\"]}"));
  }

  private static int status(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> OURS.matcher(thread.getName()).matches())
        .collect(Collectors.toSet());
  }

  @Test
  void start_twoServersBesideTwoModels_workTogetherAndLeaveNoThread() throws Exception {
    Set<Thread> before = threads();
    for (int round = 0; round < 2; round++) {
      try (TextServer one = TextServer.start(BUILT_IN, OPTIONS.withGrpcPort(-1));
          TextServer other = TextServer.start(CLASSES, OPTIONS);
          TextModel model = TextModel.open(BUILT_IN, FP32);
          TextModel another = TextModel.open(CLASSES, FP32);
          RpcClient client = new RpcClient(one.grpcPort().orElseThrow())) {
        float score = model.predict(List.of("a fine film")).get(0).score();

        assertThat(one.port()).isNotEqualTo(other.port());
        assertThat(predict(one).body()).isEqualTo("{\"predictions\":[[" + score + "]]}");
        assertThat(predict(other).body()).contains("\"label\"");
        assertThat(another.predict(List.of("a fine film"))).hasSize(1);
        assertThat(other.grpcPort()).isEmpty();
        HealthCheckResponse health =
            client.call(
                "grpc.health.v1.Health/Check",
                HealthCheckRequest.getDefaultInstance(),
                HealthCheckResponse.getDefaultInstance());
        assertThat(health.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
      }
      // Threads that were told to end may take a moment.
      while (!before.containsAll(threads())) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  @Test
  void start_tlsAndTokens_areThoseOfServe(@TempDir Path folder) throws Exception {
    TestCertificate certificate = TestCertificate.create(folder, "server");
    Path tokens = Files.writeString(folder.resolve("tokens"), "a-token-of-this-test\n");
    ServerOptions options =
        OPTIONS.withTokens(tokens).withTls(certificate.certificate(), certificate.key());
    HttpClient client = HttpClient.newBuilder().sslContext(certificate.trusted()).build();
    try (TextServer server = TextServer.start(BUILT_IN, options)) {
      HttpRequest.Builder request = request("https://localhost:" + server.port() + "/predict");

      HttpResponse<String> refused =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      request.header("Authorization", "Bearer a-token-of-this-test");
      HttpResponse<String> served =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());

      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(served.body()).startsWith("{\"predictions\":[[0.");
    }
  }

  @Test
  void start_newVersionAppears_replacesTheOldOne(@TempDir Path folder) throws Exception {
    Path model = Files.createDirectory(folder.resolve("model"));
    Path next = folder.resolve("next");
    Models.copy(SmallModels.folder("bert_uncased"), model.resolve("1"));
    Models.copy(SmallModels.folder("bert_uncased"), next);
    ServerOptions options = OPTIONS.withVersions("latest", Duration.ofMillis(20));
    try (TextServer server = TextServer.start(model.toString(), options)) {
      String second = "http://127.0.0.1:" + server.port() + "/v2/models/bert/versions/2/ready";
      assertThat(status(second)).isEqualTo(404);

      Files.move(next, model.resolve("2"));

      while (status(second) != 200) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      assertThat(predict(server).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void start_severalModelsWithLabelsAndControl_workAsThoseOfServe(@TempDir Path folder)
      throws Exception {
    Path versions = Files.createDirectory(folder.resolve("versions"));
    Models.copy(SmallModels.folder("out_classes"), versions.resolve("3"));
    ServerOptions options = OPTIONS.withLabels(List.of("classes:stable=3")).withModelControl();
    try (TextServer server =
        TextServer.start(List.of("film=" + BUILT_IN, "classes=" + versions), options)) {
      String url = "http://127.0.0.1:" + server.port();

      assertThat(predict(server).body()).startsWith("{\"predictions\":[[0.");
      assertThat(post(url + "/v1/models/classes/labels/stable:predict").body())
          .contains("\"label\"");
      assertThat(post(url + "/v2/repository/models/classes/unload").statusCode()).isEqualTo(200);
      assertThat(status(url + "/v2/models/classes/ready")).isNotEqualTo(200);
      assertThat(post(url + "/v2/repository/models/classes/load").statusCode()).isEqualTo(200);
      assertThat(status(url + "/v2/models/classes/ready")).isEqualTo(200);
    }
  }

  @Test
  void start_wrongModels_areToldAndLeaveNoThread() {
    Set<Thread> before = threads();

    assertThatThrownBy(() -> TextServer.start(List.of(), OPTIONS))
        .hasMessage("models: [] (expected: at least one)");
    assertThatThrownBy(() -> TextServer.start(List.of(BUILT_IN), OPTIONS))
        .hasMessage("model: " + BUILT_IN + " (expected: NAME=PATH)");
    assertThatThrownBy(() -> TextServer.start(List.of("a=" + BUILT_IN, "a=" + BUILT_IN), OPTIONS))
        .hasMessage("model: a (expected: each name once)");
    assertThatThrownBy(
            () -> TextServer.start(BUILT_IN, OPTIONS.withLabels(List.of("film:stable=3"))))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(before).containsAll(threads());
  }

  @Test
  void start_unknownVersions_isToldAndLeavesNoThread() {
    Set<Thread> before = threads();

    assertThatThrownBy(() -> TextServer.start(BUILT_IN, OPTIONS.withVersions("new", Duration.ZERO)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("versions: new (expected: latest, all, or numbers such as 3,5)");

    assertThat(before).containsAll(threads());
  }

  @Test
  void start_portTaken_isToldAndLeavesNoThread() throws Exception {
    Set<Thread> before = threads();
    try (TextServer server = TextServer.start(BUILT_IN, OPTIONS)) {
      Set<Thread> running = threads();

      assertThatThrownBy(
              () -> TextServer.start(BUILT_IN, OPTIONS.withAddress("127.0.0.1", server.port())))
          .isInstanceOf(IOException.class)
          .hasMessage("port: " + server.port() + " (expected: free on 127.0.0.1)");

      while (!running.containsAll(threads())) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      assertThat(predict(server).statusCode()).isEqualTo(200);
    }
    while (!before.containsAll(threads())) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Test
  void start_modelThatCannotBeServed_saysWhyAndListensNoMore(@TempDir Path folder)
      throws Exception {
    Set<Thread> before = threads();
    Files.writeString(folder.resolve("saved_model.pb"), "no proto");

    assertThatThrownBy(() -> TextServer.start(folder.toString(), OPTIONS))
        .hasMessageContaining("(expected: a SavedModel proto)");
    assertThatThrownBy(() -> TextServer.start("nowhere", OPTIONS))
        .hasMessage("model: nowhere (expected: a SavedModel directory, or gs://bucket/folder)");

    while (!before.containsAll(threads())) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
