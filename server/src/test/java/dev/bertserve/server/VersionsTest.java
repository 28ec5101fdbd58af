package dev.bertserve.server;

import static dev.bertserve.server.InferenceServerTest.JSON;
import static dev.bertserve.server.InferenceServerTest.STOP_LIMIT;
import static dev.bertserve.server.InferenceServerTest.get;
import static dev.bertserve.server.InferenceServerTest.post;
import static dev.bertserve.server.InferenceServerTest.predict;
import static dev.bertserve.server.InferenceServerTest.send;
import static dev.bertserve.server.InferenceServerTest.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.RawConnection;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several models, and versions that come and go, with small models over real sockets. Loops use a
 * {@link RawConnection}: the JDK's client may close a connection as it takes it from its pool
 * (JDK-8336655).
 */
@Timeout(120)
final class VersionsTest {

  private static final double TOLERANCE = 1e-5;
  private static final String BODY = "{\"instances\":[\"a fine film\"]}";
  private static final int CLIENTS = 3;

  @TempDir private Path folder;

  @Test
  void load_twoModels_areReachedByTheirNamesInEachDialect() throws Exception {
    InferenceServer server =
        server(
            "--model=one=" + SmallModels.folder("bert_uncased"),
            "--model=two=" + SmallModels.folder("albert"),
            "--max-rows-in-flight=100");
    try {
      Map<String, ModelLocation> locations = new LinkedHashMap<>();
      locations.put("one", SmallModels.location("bert_uncased"));
      locations.put("two", SmallModels.location("albert"));
      server.load(locations);

      double one = score(predict(server, BODY));
      double two = score(send(post(server, "/v1/models/two:predict", BODY)));
      assertThat(one).isNotCloseTo(two, within(TOLERANCE));
      assertThat(
              List.of(
                  score(send(post(server, "/v1/models/one:predict", BODY))),
                  bigQuery(server, ""),
                  oip(server, "one")))
          .allSatisfy(score -> assertThat(score).isCloseTo(one, within(TOLERANCE)));
      assertThat(
              List.of(
                  bigQuery(server, ",\"userDefinedContext\":{\"model\":\"two\"}"),
                  oip(server, "two")))
          .allSatisfy(score -> assertThat(score).isCloseTo(two, within(TOLERANCE)));
      assertThat(get(server, "/v1/models").body()).isEqualTo("{\"models\":[\"one\",\"two\"]}");
      assertThat(get(server, "/v2/health/ready").statusCode()).isEqualTo(200);
      assertThat(send(post(server, "/v1/models/bert:predict", BODY)).statusCode()).isEqualTo(404);
      assertThat(get(server, "/metrics").body())
          .contains("bertserve_batch_rows_count{model=\"one\"}")
          .contains("bertserve_batch_rows_count{model=\"two\"}");
      // Each model has half of the limit.
      HttpResponse<String> refused = predict(server, InferenceServerTest.rows(51));
      assertThat(refused.body()).contains("more than 50 rows");
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void poll_newVersionUnderLoad_failsNoRequestAndUnloadsTheOld() throws Exception {
    copy("bert_uncased", 1);
    InferenceServer server = server();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    AtomicBoolean stopped = new AtomicBoolean();
    try {
      server.load(location());
      double first = score(predict(server, BODY));
      List<Future<Integer>> answered = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        answered.add(clients.submit(() -> predictUntil(server, stopped)));
      }

      copy("albert", 2);
      awaitState(server, "1", "END");

      double second = score(predict(server, BODY));
      stopped.set(true);
      for (Future<Integer> count : answered) {
        assertThat(count.get()).isPositive();
      }
      assertThat(second).isNotCloseTo(first, within(TOLERANCE));
      assertThat(get(server, "/v1/models/bert").body())
          .contains("\"version\":\"2\",\"state\":\"AVAILABLE\"");
      assertThat(send(post(server, "/v1/models/bert/versions/2:predict", BODY)).statusCode())
          .isEqualTo(200);
      assertThat(send(post(server, "/v1/models/bert/versions/1:predict", BODY)).statusCode())
          .isEqualTo(404);
    } finally {
      stopped.set(true);
      clients.shutdownNow();
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void poll_versionsThatCannotServe_leaveTheOldOneAndAreToldByHealth() throws Exception {
    copy("bert_uncased", 1);
    InferenceServer server = server("--versions=all");
    try {
      server.load(location());
      double first = score(predict(server, BODY));

      Files.createDirectory(folder.resolve("2"));
      Files.writeString(folder.resolve("2").resolve("saved_model.pb"), "no proto");
      copy("bert_multi_cased", 3);
      awaitState(server, "2", "END");
      awaitState(server, "3", "END");

      assertThat(score(predict(server, BODY))).isEqualTo(first);
      HttpResponse<String> health = get(server, "/health");
      assertThat(health.statusCode()).isEqualTo(200);
      JsonNode warnings = JSON.readTree(health.body()).get("warnings");
      assertThat(warnings).hasSize(2);
      assertThat(warnings.get(0).asText())
          .startsWith("model bert version 2: ")
          .contains("(expected: a SavedModel proto)");
      assertThat(warnings.get(1).asText())
          .isEqualTo(
              "model bert version 3: outputs: [classes DT_FLOAT [5]]"
                  + " (expected: [classifier DT_FLOAT [1]], as version 1 has)");
      assertThat(get(server, "/v2/health/ready").statusCode()).isEqualTo(200);
      assertThat(get(server, "/v1/models/bert/versions/2").body())
          .contains("\"state\":\"END\",\"status\":{\"error_code\":\"UNKNOWN\"");
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void labels_ofTwoVersions_chooseThem() throws Exception {
    copy("bert_uncased", 1);
    copy("albert", 2);
    InferenceServer server =
        server("--versions=all", "--label=bert:stable=1,bert:canary=2,bert:next=3");
    try {
      server.load(location());

      assertThat(score(send(post(server, label("canary"), BODY))))
          .isCloseTo(score(predict(server, BODY)), within(TOLERANCE));
      assertThat(score(send(post(server, label("stable"), BODY))))
          .isNotCloseTo(score(predict(server, BODY)), within(TOLERANCE));
      HttpResponse<String> unknown = send(post(server, label("old"), BODY));
      assertThat(unknown.statusCode()).isEqualTo(400);
      assertThat(unknown.body()).contains("Unrecognized servable version label: old");
      HttpResponse<String> missing = send(post(server, label("next"), BODY));
      assertThat(missing.statusCode()).isEqualTo(404);
      assertThat(missing.body()).contains("Servable not found for request: Specific(bert, 3)");
      assertThat(get(server, "/v2/models/bert").body()).contains("\"versions\":[\"1\",\"2\"]");
      assertThat(get(server, "/v2/models/bert/versions/1").body()).contains("\"versions\":[\"1\"]");
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void repository_loadAndUnload_doAsTheyAreTold() throws Exception {
    copy("bert_uncased", 1);
    InferenceServer server = server("--model-control", "--version-poll-seconds=0");
    try {
      assertThat(control(server, "bert", "load", "{}").statusCode()).isEqualTo(503);
      server.load(location());
      double first = score(predict(server, BODY));

      copy("albert", 2);
      assertThat(control(server, "bert", "load", "{}").statusCode()).isEqualTo(200);
      assertThat(score(predict(server, BODY))).isNotCloseTo(first, within(TOLERANCE));

      String parameters = "{\"parameters\":{\"unload_dependents\":false}}";
      assertThat(control(server, "bert", "unload", parameters).statusCode()).isEqualTo(200);
      assertThat(predict(server, BODY).body()).contains("model bert: not loaded");
      assertThat(send(post(server, "/v1/models/bert:predict", BODY)).statusCode()).isEqualTo(404);
      assertThat(send(post(server, "/v2/repository/index", "")).body())
          .contains("\"version\":\"2\",\"state\":\"UNAVAILABLE\"");
      assertThat(get(server, "/v2/health/ready").statusCode()).isEqualTo(200);

      assertThat(control(server, "bert", "load", "").statusCode()).isEqualTo(200);
      assertThat(predict(server, BODY).statusCode()).isEqualTo(200);
      assertThat(control(server, "other", "load", "{}").statusCode()).isEqualTo(404);
      HttpResponse<String> refused =
          control(server, "bert", "load", "{\"parameters\":{\"config\":\"{}\"}}");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("parameters.config: not supported");
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  @Test
  void repository_notAllowed_hasNoRoutes() throws Exception {
    InferenceServer server = server();
    try {
      assertThat(control(server, "bert", "load", "{}").statusCode()).isEqualTo(404);
    } finally {
      server.stop(STOP_LIMIT);
    }
  }

  private static HttpResponse<String> control(
      InferenceServer server, String model, String action, String body) throws Exception {
    return send(post(server, "/v2/repository/models/" + model + "/" + action, body));
  }

  private static String label(String label) {
    return "/v1/models/bert/labels/" + label + ":predict";
  }

  private ModelLocation location() {
    return new ModelLocation(folder, "versions", Optional.empty(), Optional.empty());
  }

  private void copy(String model, int version) throws IOException {
    Models.copy(SmallModels.folder(model), folder.resolve(Integer.toString(version)));
  }

  private static int predictUntil(InferenceServer server, AtomicBoolean stopped) throws Exception {
    int count = 0;
    try (RawConnection client = new RawConnection(server.port())) {
      while (!stopped.get()) {
        client.post("/predict", BODY);
        assertThat(client.read().status()).isEqualTo(200);
        count++;
      }
    }
    return count;
  }

  /** Waits until {@code version} of the model has {@code state}. */
  private static void awaitState(InferenceServer server, String version, String state)
      throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      String found = "";
      while (!found.equals(state)) {
        client.get("/v1/models/bert");
        JsonNode status = JSON.readTree(client.read().body());
        for (JsonNode one : status.get("model_version_status")) {
          if (one.get("version").asText().equals(version)) {
            found = one.get("state").asText();
          }
        }
      }
    }
  }

  private static double score(HttpResponse<String> response) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body()).get("predictions").get(0).get(0).asDouble();
  }

  private static double bigQuery(InferenceServer server, String context) throws Exception {
    HttpResponse<String> response =
        send(post(server, "/bigquery", "{\"calls\":[[\"a fine film\"]]" + context + "}"));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body()).get("replies").get(0).asDouble();
  }

  private static double oip(InferenceServer server, String model) throws Exception {
    HttpResponse<String> response =
        send(
            post(
                server,
                "/v2/models/" + model + "/infer",
                "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\","
                    + "\"data\":[\"a fine film\"]}]}"));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body()).get("outputs").get(0).get("data").get(0).asDouble();
  }
}
