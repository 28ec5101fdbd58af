package dev.bertserve.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.bulk.WrittenRows;
import dev.bertserve.server.fixture.FakeStorage;
import dev.bertserve.server.fixture.FaultyProxy;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.RawConnection;
import dev.bertserve.server.fixture.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution with models in a bucket of a fake of Cloud Storage. */
@Timeout(300)
final class StorageIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String MODEL = "gs://vertex/artifacts/model";
  private static final String WEIGHTS = "/variables.data-00000-of-00001";
  private static final String BODY =
      "{\"instances\":[\"a moving and funny film\",\"dull\",\"too long, and yet too short\"]}";

  /** Which rows run together changes the last digits. */
  private static final double TOLERANCE = 1e-5;

  private static final long POLL_NANOS = 5_000_000;

  private static FakeStorage storage;

  @TempDir Path folder;
  private FaultyProxy proxy;

  @BeforeAll
  static void startStorage() throws IOException {
    storage = FakeStorage.start();
    storage.createBucket("vertex");
    storage.putFolder("vertex", "artifacts/model/1", Models.builtIn());
  }

  @AfterAll
  static void stopStorage() {
    if (storage != null) {
      storage.close();
    }
  }

  @BeforeEach
  void startProxy() throws IOException {
    proxy = new FaultyProxy(storage.uri());
  }

  @AfterEach
  void stopProxy() {
    proxy.close();
  }

  @Test
  void serve_modelInBucket_predictsAsFromAFolderAndIsDownloadedOnce() throws Exception {
    JsonNode local;
    try (ServerProcess server = ServerProcess.serve(Map.of(), Models.builtIn().toString())) {
      server.awaitReady("/health", PATIENCE);
      local = predict(server);
    }
    try (ServerProcess server = ServerProcess.serve(vertex())) {
      server.awaitReady("/health", PATIENCE);

      OutputModelsTest.assertSame(predict(server), local, "from the bucket", TOLERANCE);
      server.awaitOutput("cache of prepared models: kept in " + folder, PATIENCE);
      assertThat(server.output()).contains("downloaded " + MODEL + ": 20.6 of 20.6 MB, ");
      assertThat(proxy.downloads()).isNotEmpty();
    }
    int downloads = proxy.downloads().size();
    try (ServerProcess server = ServerProcess.serve(vertex())) {
      server.awaitReady("/health", PATIENCE);

      OutputModelsTest.assertSame(predict(server), local, "from the bucket", TOLERANCE);
      assertThat(proxy.downloads()).hasSize(downloads);
      server.terminate();
      server.awaitEnd(PATIENCE);
    }
    assertThat(downloading()).isEmpty();
  }

  @Test
  void serve_newVersionInBucket_replacesTheOld() throws Exception {
    storage.putFolder("vertex", "versioned/3", Models.builtIn());
    Map<String, String> environment = new HashMap<>(vertex());
    environment.put("AIP_STORAGE_URI", "gs://vertex/versioned");
    environment.put("BERTSERVE_VERSION_POLL_SECONDS", "1");
    try (ServerProcess server = ServerProcess.serve(environment)) {
      server.awaitReady("/health", PATIENCE);
      assertThat(get(server, "/v1/models/bert/versions/3").status()).isEqualTo(200);

      storage.putFolder("vertex", "versioned/4", Models.builtIn());
      server.awaitOutput("model bert version 4: serves", PATIENCE);
      server.awaitOutput("model bert version 3: unloaded", PATIENCE);

      assertThat(get(server, "/v1/models/bert/versions/4").status()).isEqualTo(200);
      assertThat(predict(server).path("predictions")).hasSize(3);
    }
  }

  @Test
  void library_modelInBucket_predictsAsFromAFolder() throws Exception {
    List<String> local =
        LibraryExample.run(folder, Map.of(), "Example", Models.builtIn().toString());
    List<String> remote = LibraryExample.run(folder, cache(), "Example", MODEL);

    assertThat(remote).hasSameSizeAs(local).hasSize(3);
    for (int line = 0; line < local.size(); line++) {
      assertThat(Float.parseFloat(remote.get(line)))
          .isCloseTo(Float.parseFloat(local.get(line)), within((float) TOLERANCE));
    }
    assertThat(proxy.downloads()).isNotEmpty();
    assertThat(downloading()).isEmpty();
  }

  @Test
  void serve_downloadStalls_healthIs503AndALaterProcessCleansUp() throws Exception {
    proxy.plan(WEIGHTS, 1, proxy.stallAfter(1_000));
    ServerProcess killed = ServerProcess.serve(vertex());
    try (killed) {
      killed.awaitPort(PATIENCE);
      awaitDownload();
      try (RawConnection connection = new RawConnection(killed.port())) {
        connection.get("/health");

        assertThat(connection.read().status()).isEqualTo(503);
      }
      assertThat(ServerProcess.run(cache(), "tokenize", MODEL, "/dev/null").status()).isZero();
      assertThat(downloading()).as("the files of the other, which lives").hasSize(1);
    }
    killed.awaitEnd(PATIENCE);
    ServerProcess.Outcome next = ServerProcess.run(cache(), "tokenize", MODEL, "/dev/null");

    assertThat(next.status()).as(next.toString()).isZero();
    assertThat(downloading()).isEmpty();
  }

  @Test
  void serve_terminatedWhileItDownloads_leavesNothing() throws Exception {
    proxy.plan(WEIGHTS, 1, proxy.stallAfter(1_000));
    try (ServerProcess server = ServerProcess.serve(vertex())) {
      awaitDownload();
      server.terminate();

      assertThat(server.awaitEnd(PATIENCE).status()).as(server.output()).isZero();
      assertThat(downloading()).isEmpty();
    }
  }

  @Test
  void inspect_modelInBucket_printsWhatItPrintsOfAFolder() throws Exception {
    ServerProcess.Outcome local = ServerProcess.run("inspect", Models.builtIn().toString());
    ServerProcess.Outcome remote = ServerProcess.run(cache(), "inspect", MODEL);

    assertThat(remote.status()).as(remote.toString()).isZero();
    assertThat(remote.out()).isEqualTo(local.out()).contains("signature");
    assertThat(downloading()).isEmpty();
  }

  @Test
  void predict_filesInBucket_scoresThemInOrder() throws Exception {
    storage.put("vertex", "rows/part-1.csv", "text\none\ntwo\n".getBytes(UTF_8));
    storage.put("vertex", "rows/part-2.csv", "text\nthree\n".getBytes(UTF_8));
    storage.put("vertex", "rows/other.csv", "text\nfour\n".getBytes(UTF_8));
    Path out = folder.resolve("out.jsonl");
    String model = Models.builtIn().toString();

    ServerProcess.Outcome outcome =
        ServerProcess.run(
            cache(), "predict", model, "gs://vertex/rows/part-*.csv", "--output", out.toString());

    assertThat(outcome.status()).as(outcome.toString()).isZero();
    assertThat(WrittenRows.of(out))
        .extracting(row -> row.get(0))
        .containsExactly("one", "two", "three");
    assertThat(downloading()).isEmpty();
  }

  @Test
  void inspect_noModel_failsInOneLine() throws Exception {
    ServerProcess.Outcome outcome = ServerProcess.run(cache(), "inspect", "gs://vertex/nothing");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .isEqualTo(
            "bertserve: gs://vertex/nothing: no objects under nothing/ (expected: the folder of a"
                + " model)\n");
  }

  @Test
  void inspect_noCredentials_failsInOneLine() throws Exception {
    ServerProcess.Outcome outcome =
        ServerProcess.run(
            Map.of(
                "GOOGLE_APPLICATION_CREDENTIALS",
                "/nowhere.json",
                "XDG_CACHE_HOME",
                folder.toString()),
            "inspect",
            MODEL);

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .startsWith("bertserve: " + MODEL + ": no credentials: ")
        .contains("/nowhere.json")
        .contains("(expected: the service account of a Google Cloud machine, or a file that");
  }

  @Test
  void serve_localModel_loadsNoClassOfTheLibrary() throws Exception {
    Path classes = folder.resolve("classes");
    ServerProcess.Outcome outcome =
        ServerProcess.run(
            Map.of("BERTSERVE_JAVA_OPTS", "-Xlog:class+load:file=" + classes),
            "serve",
            "--check",
            "--port",
            "0");

    assertThat(outcome.status()).as(outcome.toString()).isZero();
    assertThat(classes)
        .content()
        .contains("dev.bertserve.server")
        .doesNotContain("com.google.cloud");
  }

  /** What Vertex AI sets, and a folder for prepared models. */
  private Map<String, String> vertex() {
    Map<String, String> environment = new HashMap<>(cache());
    environment.put("AIP_STORAGE_URI", MODEL);
    environment.put("BERTSERVE_MODEL_CACHE", folder.resolve("bertserve").toString());
    environment.put("BERTSERVE_MODEL_CACHE_MB", "100");
    return environment;
  }

  private Map<String, String> cache() {
    return Map.of("STORAGE_EMULATOR_HOST", proxy.uri(), "XDG_CACHE_HOME", folder.toString());
  }

  /** Waits until a process has asked for the weights, whose response stalls. */
  private void awaitDownload() {
    while (proxy.downloads().stream().noneMatch(download -> download.path().endsWith(WEIGHTS))) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private List<Path> downloading() throws IOException {
    try (Stream<Path> children = Files.list(folder.resolve("bertserve/downloads"))) {
      return children.filter(Files::isDirectory).toList();
    }
  }

  private static RawConnection.Answer get(ServerProcess server, String path) throws IOException {
    try (RawConnection connection = new RawConnection(server.port())) {
      connection.get(path);
      return connection.read();
    }
  }

  private static JsonNode predict(ServerProcess server) throws IOException {
    try (RawConnection connection = new RawConnection(server.port())) {
      connection.post("/predict", BODY);
      return new ObjectMapper().readTree(connection.read().body());
    }
  }
}
