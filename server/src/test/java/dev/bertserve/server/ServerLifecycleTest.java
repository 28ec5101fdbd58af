package dev.bertserve.server;

import static dev.bertserve.server.InferenceServerTest.JSON;
import static dev.bertserve.server.InferenceServerTest.MODEL;
import static dev.bertserve.server.InferenceServerTest.STOP_LIMIT;
import static dev.bertserve.server.InferenceServerTest.get;
import static dev.bertserve.server.InferenceServerTest.post;
import static dev.bertserve.server.InferenceServerTest.predict;
import static dev.bertserve.server.InferenceServerTest.rows;
import static dev.bertserve.server.InferenceServerTest.send;
import static dev.bertserve.server.InferenceServerTest.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bertserve.server.fixture.RawConnection;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that starts, fails, and stops. */
@Timeout(60)
final class ServerLifecycleTest {

  @Test
  void health_beforeAndAfterLoad_is503Then200() throws Exception {
    InferenceServer server = server("--health-route=/up", "--predict-route=/up");
    try {
      assertThat(get(server, "/health").statusCode()).isEqualTo(503);
      assertThat(get(server, "/up").statusCode()).isEqualTo(503);
      HttpResponse<String> early = predict(server, "{\"instances\":[\"a\"]}");
      assertThat(early.statusCode()).isEqualTo(503);
      assertThat(early.headers().firstValue("Retry-After")).isPresent();

      server.load(MODEL);

      assertThat(get(server, "/health").statusCode()).isEqualTo(200);
      assertThat(get(server, "/up").statusCode()).isEqualTo(200);
      assertThat(send(post(server, "/up", rows(1))).statusCode()).isEqualTo(200);
      JsonNode described = JSON.readTree(get(server, "/openapi.json").body()).path("paths");
      assertThat(described.path("/up").fieldNames())
          .toIterable()
          .containsExactlyInAnyOrder("get", "post");
      assertThat(described.has("/monitoring/prometheus/metrics")).isTrue();
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void health_aRunnerHasEnded_is503AndNamesTheThread() throws Exception {
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    InferenceServer server = server("--runners=1");
    try {
      server.load(MODEL);
      Set<Thread> born = new HashSet<>(Thread.getAllStackTraces().keySet());
      born.removeAll(others);
      born.removeIf(thread -> !thread.getName().equals("runner-0"));
      assertThat(born).hasSize(1);

      born.forEach(Thread::interrupt);

      HttpResponse<String> health = get(server, "/health");
      while (health.statusCode() == 200) {
        Thread.onSpinWait();
        health = get(server, "/health");
      }
      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(JSON.readTree(health.body()).get("error").asText())
          .isEqualTo("state: failed, runner-0: ended by an interrupt while the queue was open");
      assertThat(predict(server, rows(1)).statusCode()).isEqualTo(503);
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void load_brokenModel_staysUpAndSaysWhy(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("saved_model.pb"), "no proto");
    InferenceServer server = server();
    try {
      assertThatThrownBy(
              () ->
                  server.load(
                      new ModelLocation(folder, "broken", Optional.empty(), Optional.empty())))
          .hasMessageContaining("(expected: a SavedModel proto)");

      HttpResponse<String> health = get(server, "/health");
      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(JSON.readTree(health.body()).get("error").asText())
          .startsWith("state: failed, ")
          .contains("saved_model.pb");
      assertThat(predict(server, rows(1)).statusCode()).isEqualTo(503);
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void stop_requestsInFlight_areAnsweredFirst() throws Exception {
    InferenceServer server = server("--runners=1");
    server.load(MODEL);
    List<RawConnection> connections = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      RawConnection connection = new RawConnection(server.port());
      connection.get("/health");
      assertThat(connection.read().status()).isEqualTo(200);
      connections.add(connection);
    }
    for (RawConnection connection : connections) {
      connection.post("/predict", rows(64));
    }

    server.stop(STOP_LIMIT);

    for (RawConnection connection : connections) {
      RawConnection.Answer answer = connection.read();
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(JSON.readTree(answer.body()).get("predictions")).hasSize(64);
      connection.close();
    }
    int port = server.port();
    assertThatThrownBy(() -> new RawConnection(port)).isInstanceOf(ConnectException.class);
  }

  @Test
  void stop_batchOfAGoneCallerStillRuns_keepsToTheLimit() throws Exception {
    InferenceServer server = server("--runners=1", "--max-rows-in-flight=1024");
    server.load(MODEL);
    try (RawConnection connection = new RawConnection(server.port())) {
      connection.post("/predict", rows(1_024));
      while (!get(server, "/metrics")
          .body()
          .contains("bertserve_batch_rows_count{model=\"bert\"} 1")) {
        Thread.onSpinWait();
      }
    }

    assertThat(server.stop(Duration.ofMillis(1))).isFalse();
  }

  @Test
  void load_afterStop_isRejected() throws Exception {
    InferenceServer server = server();
    server.stop(STOP_LIMIT);

    assertThatThrownBy(() -> server.load(MODEL)).hasMessage("the server is stopping");
  }
}
