package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.RawConnection;
import dev.bertserve.server.fixture.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The distribution as users start it. */
@Timeout(300)
final class DistributionIT {

  private static final Logger LOG = LoggerFactory.getLogger(DistributionIT.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String BUILT_IN = Models.builtIn().toString();

  @TempDir Path folder;

  /** The archive of class data halves the time until the port is open. */
  @Test
  void serve_untilThePortOpens_loadsNineOfTenClassesFromTheArchive() throws Exception {
    String out = outputWithClasses();
    List<String> loaded =
        out.substring(0, out.indexOf("listening on port"))
            .lines()
            .filter(line -> line.contains(" source: "))
            .toList();

    assertThat(loaded.stream().filter(line -> line.contains("shared objects file")).count())
        .isGreaterThan(loaded.size() * 9L / 10);
  }

  @Test
  void serve_withoutGrpcPort_loadsNoClassOfGrpc() throws Exception {
    assertThat(outputWithClasses())
        .contains(" dev.bertserve.server.http.HttpServer ")
        .doesNotContain(" io.grpc.")
        .doesNotContain(" dev.bertserve.server.grpc.");
  }

  /** What a server prints until it has stopped, with a line for each class that it loads. */
  private static String outputWithClasses() throws Exception {
    Map<String, String> environment = Map.of("BERTSERVE_JAVA_OPTS", "-Xlog:class+load");
    try (ServerProcess server = ServerProcess.serve(environment)) {
      server.awaitReady("/health", PATIENCE);
      server.terminate();
      return server.awaitEnd(PATIENCE).out();
    }
  }

  @Test
  void serve_modelThatIsKept_hasAsManyThreadsAsWhenItWasPrepared() throws Exception {
    Map<String, String> environment =
        Map.of("BERTSERVE_MODEL_CACHE", folder.toString(), "BERTSERVE_MODEL_CACHE_MB", "100");
    List<Long> threads = new ArrayList<>();
    for (int start = 0; start < 2; start++) {
      try (ServerProcess server = ServerProcess.serve(environment)) {
        server.awaitReady("/health", PATIENCE);
        // By then both event loops have had a connection.
        for (int i = 0; i < 4; i++) {
          server.awaitReady("/health", PATIENCE);
        }
        if (start == 0) {
          server.awaitOutput("cache of prepared models: kept in " + folder, PATIENCE);
        }
        threads.add(server.unnamedThreads());
      }
    }
    assertThat(folder).isNotEmptyDirectory();
    assertThat(threads.get(0)).as("first start, second: %s", threads).isEqualTo(threads.get(1));
  }

  @Test
  void serve_fullSizeModel_becomesReady() throws Exception {
    Path model = Models.shared("bert_en_cased_L-12_H-768_A-12");
    try (ServerProcess server = ServerProcess.serve(Map.of(), model.toString())) {
      long open = server.awaitPort(PATIENCE);
      long ready = server.awaitReady("/health", PATIENCE);
      LOG.info("full-size model: port open after {} ms, ready after {} ms", open, ready);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/endpoints/1/deployedModels/2, /v1/endpoints/1/deployedModels/2:predict",
    "/v1/endpoints/1/deployedModels/2:predict, /v1/endpoints/1/deployedModels/2:predict",
    "/health, /predict",
    "/, /",
  })
  void serve_asVertexStartsIt_answersOnItsRoutes(String health, String predict) throws Exception {
    Map<String, String> environment =
        Map.of(
            "AIP_HEALTH_ROUTE", health,
            "AIP_PREDICT_ROUTE", predict,
            "AIP_STORAGE_URI", BUILT_IN,
            "AIP_MODE", "PREDICTION",
            "AIP_FRAMEWORK", "CUSTOM_CONTAINER");
    try (ServerProcess server = ServerProcess.serve(environment)) {
      server.awaitReady(health, PATIENCE);
      try (RawConnection connection = new RawConnection(server.port())) {
        for (String route : List.of(predict, "/predict")) {
          connection.post(route, "{\"instances\":[\"good\",{\"text\":\"bad\"}]}");
          RawConnection.Answer answer = connection.read();

          assertThat(answer.status()).as(server.output()).isEqualTo(200);
          assertThat(JSON.readTree(answer.body()).get("predictions")).hasSize(2);
        }
      }
      server.awaitOutput("predict route " + predict, PATIENCE);
    }
  }

  @Test
  void serve_ready_printsUrlAndACurlThatWorks() throws Exception {
    try (ServerProcess server = ServerProcess.serve(Map.of())) {
      server.awaitOutput("try: curl", PATIENCE);

      assertThat(server.output()).contains("ready at http://localhost:" + server.port());
      String line =
          server.output().lines().filter(text -> text.contains("try: curl")).findFirst().get();
      Process curl = new ProcessBuilder("sh", "-c", line.substring(line.indexOf("curl"))).start();
      assertThat(new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("{\"predictions\":[[0.9");
      assertThat(curl.waitFor()).isZero();
    }
  }

  @Test
  void serve_terminatedWithRequestsInFlight_answersThemAndExits0() throws Exception {
    try (ServerProcess server = ServerProcess.serve(Map.of())) {
      server.awaitReady("/health", PATIENCE);
      List<RawConnection> connections = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        RawConnection connection = new RawConnection(server.port());
        connection.get("/health");
        assertThat(connection.read().status()).isEqualTo(200);
        connections.add(connection);
      }
      String body = rows(64);
      for (RawConnection connection : connections) {
        connection.post("/predict", body);
      }

      long start = System.nanoTime();
      server.terminate();

      for (RawConnection connection : connections) {
        RawConnection.Answer answer = connection.read();
        assertThat(answer.status()).as(server.output()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body()).get("predictions")).hasSize(64);
        connection.close();
      }
      ServerProcess.Outcome outcome = server.awaitEnd(Duration.ofSeconds(10));
      LOG.info("ended {} ms after SIGTERM", (System.nanoTime() - start) / 1_000_000);
      assertThat(outcome.status()).as(outcome.toString()).isZero();
    }
  }

  @Test
  void serve_terminatedWhileLoading_exits0() throws Exception {
    try (ServerProcess server = ServerProcess.serve(Map.of())) {
      server.awaitOutput("listening on port", PATIENCE);
      server.terminate();

      ServerProcess.Outcome outcome = server.awaitEnd(Duration.ofSeconds(10));

      assertThat(outcome.status()).as(outcome.toString()).isZero();
    }
  }

  @Test
  void serve_brokenModel_staysUpUnhealthy() throws Exception {
    Path model = brokenModel();
    try (ServerProcess server = ServerProcess.serve(Map.of(), model.toString())) {
      server.awaitOutput("cannot be served", PATIENCE);
      try (RawConnection connection = new RawConnection(server.port())) {
        connection.get("/health");
        RawConnection.Answer health = connection.read();
        assertThat(health.status()).isEqualTo(503);
        assertThat(health.body()).contains("failed", "saved_model.pb");
        connection.post("/predict", "{\"instances\":[\"a\"]}");
        assertThat(connection.read().status()).isEqualTo(503);
      }
      assertThat(server.output()).doesNotContain("\tat ");
      server.terminate();
      ServerProcess.Outcome outcome = server.awaitEnd(Duration.ofSeconds(10));
      assertThat(outcome.status()).as(outcome.toString()).isZero();
    }
  }

  @Test
  void inspect_brokenModel_exits1WithOneLine() throws Exception {
    ServerProcess.Outcome outcome = ServerProcess.run("inspect", brokenModel().toString());

    assertThat(outcome.status()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.err().lines()).as(outcome.toString()).hasSize(1);
    assertThat(outcome.err()).startsWith("bertserve: ");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void serve_badFlag_exits2WithOneLine() throws Exception {
    ServerProcess.Outcome outcome = ServerProcess.run("serve", "--port", "70000");

    assertThat(outcome.status()).as(outcome.toString()).isEqualTo(2);
    assertThat(outcome.err())
        .isEqualTo("bertserve: port: 70000 (expected: 0 to 65535) (see bertserve serve --help)\n");
  }

  @Test
  void verify_builtInModel_isExact() throws Exception {
    Path goldens = folder.resolve("goldens.jsonl");
    Files.write(goldens, KnownAnswer.builtIn().stream().map(KnownAnswer::line).toList());

    assertExact("sentiment", Models.builtIn(), goldens);
  }

  @Test
  void verify_fullSizeModel_isExact() throws Exception {
    String name = "bert_en_cased_L-12_H-768_A-12";

    assertExact(name, Models.shared(name), Models.sharedGoldens(name, folder));
  }

  private static void assertExact(String name, Path model, Path goldens) throws Exception {
    ServerProcess.Outcome outcome =
        ServerProcess.run("verify", model.toString(), goldens.toString(), "--tolerance", "1e-5");

    LOG.info("{}: {}", name, outcome.out().strip());
    assertThat(outcome.status()).as(outcome.toString()).isZero();
    assertThat(outcome.out()).startsWith("rows ");
  }

  private Path brokenModel() throws IOException {
    Path model = Models.copy(Models.builtIn(), folder.resolve("broken"));
    Path proto = model.resolve("saved_model.pb");
    byte[] bytes = Files.readAllBytes(proto);
    Files.write(proto, Arrays.copyOf(bytes, bytes.length / 2));
    return model;
  }

  /** A request of {@code count} rows, which keeps the model busy for a while. */
  private static String rows(int count) {
    ArrayNode instances = JSON.createArrayNode();
    for (int i = 0; i < count; i++) {
      instances.add(i + " very good".repeat(60));
    }
    return JSON.createObjectNode().set("instances", instances).toString();
  }
}
