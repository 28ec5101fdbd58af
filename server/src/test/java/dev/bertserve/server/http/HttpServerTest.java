package dev.bertserve.server.http;

import static dev.bertserve.server.http.TestServer.BOTH_ROUTE;
import static dev.bertserve.server.http.TestServer.predict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.http.RawClient.Reply;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.metrics.HttpMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpServerTest {

  private static final String TWO_ROWS = "{\"instances\":[\"ab\",\"abc\"]}";
  private static final String TWO_SCORES = "{\"predictions\":[[2.0],[3.0]]}";

  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void predict_javaClient_answersRowsInOrder() throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.http.port() + "/predict?a=b"))
                    .header("Content-Type", "application/json; charset=utf-8")
                    .POST(HttpRequest.BodyPublishers.ofString(TWO_ROWS))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(TWO_SCORES);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
  }

  @Test
  void predict_keptConnection_answersAgain() throws Exception {
    try (RawClient client = server.client()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.send(predict(TWO_ROWS)).reply().body()).isEqualTo(TWO_SCORES);
      }
    }
  }

  @Test
  void predict_byteByByte_answers() throws Exception {
    try (RawClient client = server.client()) {
      for (byte b : predict(TWO_ROWS).getBytes(StandardCharsets.UTF_8)) {
        client.send(new byte[] {b});
      }
      assertThat(client.reply().body()).isEqualTo(TWO_SCORES);
    }
  }

  @Test
  void predict_pipelined_answersInOrder() throws Exception {
    server.service.holding = true;
    try (RawClient client = server.client()) {
      client.send(predict("{\"instances\":[\"a\"]}") + predict("{\"instances\":[\"bb\"]}"));
      client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
      PuppetService.Held first = server.service.held.take();
      assertThat(server.service.held).isEmpty();
      first.release();
      assertThat(client.reply().body()).isEqualTo("{\"predictions\":[[1.0]]}");
      server.service.held.take().release();
      assertThat(client.reply().body()).isEqualTo("{\"predictions\":[[2.0]]}");
      assertThat(client.reply().body()).isEqualTo("{\"state\":\"ready\"}");
    }
  }

  @Test
  void health_manyPipelined_answersAll() throws Exception {
    int count = 5_000;
    try (RawClient client = server.client()) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                try {
                  client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n".repeat(count));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      for (int i = 0; i < count; i++) {
        assertThat(client.reply().status()).isEqualTo(200);
      }
      sent.join();
    }
  }

  @Test
  void predict_chunked_answers() throws Exception {
    try (RawClient client = server.client()) {
      client.send("POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send(
          "5\r\n{\"ins\r\n8;x=y\r\ntances\":\r\nd\r\n[\"ab\",\"abc\"]}\r\n0\r\nA: b\r\n\r\n");
      assertThat(client.reply().body()).isEqualTo(TWO_SCORES);
      assertThat(client.send(predict(TWO_ROWS)).reply().status()).isEqualTo(200);
    }
  }

  @Test
  void predict_http10_closesAfterAnswer() throws Exception {
    try (RawClient client = server.client()) {
      client.send(
          "POST /predict HTTP/1.0\r\nContent-Length: " + TWO_ROWS.length() + "\r\n\r\n" + TWO_ROWS);
      Reply reply = client.reply();
      assertThat(reply.body()).isEqualTo(TWO_SCORES);
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void health_http10KeepAlive_keepsConnection() throws Exception {
    try (RawClient client = server.client()) {
      String request = "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
      assertThat(client.send(request).reply().header("connection")).isEqualTo("keep-alive");
      assertThat(client.send(request).reply().status()).isEqualTo(200);
    }
  }

  @Test
  void predict_expectContinue_asksForBody() throws Exception {
    try (RawClient client = server.client()) {
      client.send(
          "POST /predict HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
              + TWO_ROWS.length()
              + "\r\n\r\n");
      assertThat(client.reply().status()).isEqualTo(100);
      assertThat(client.send(TWO_ROWS).reply().body()).isEqualTo(TWO_SCORES);
    }
  }

  @Test
  void predict_expectContinueTooLarge_refusesBeforeBody() throws Exception {
    try (RawClient client = server.client()) {
      client.send(
          "POST /predict HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
      assertThat(client.reply().status()).isEqualTo(413);
    }
  }

  @Test
  void predict_bodyAtLimit_answers() throws Exception {
    String frame = "{\"instances\":[\"\"]}";
    int letters = TestServer.MAX_BODY_BYTES - frame.length();
    String body = "{\"instances\":[\"" + "x".repeat(letters) + "\"]}";
    try (RawClient client = server.client()) {
      assertThat(client.send(predict(body)).reply().body())
          .isEqualTo("{\"predictions\":[[" + (float) letters + "]]}");
    }
  }

  @Test
  void predict_bodyOverLimit_clientThatSendsAllSees413() throws Exception {
    try (RawClient client = server.client()) {
      client.send(predict("x".repeat(8 * TestServer.MAX_BODY_BYTES)));
      Reply reply = client.reply();
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.body())
          .isEqualTo("{\"error\":\"body: too large (expected: <= 1000000 bytes)\"}");
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void predict_chunksOverLimit_clientThatSendsAllSees413() throws Exception {
    String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
    try (RawClient client = server.client()) {
      client.send("POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send(chunk.repeat(100) + "0\r\n\r\n");
      assertThat(client.reply().status()).isEqualTo(413);
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void predict_halfClosedAfterRequest_answersWholly() throws Exception {
    server.service.holding = true;
    try (RawClient client = server.client()) {
      client.send(predict(TWO_ROWS)).endOutput();
      PuppetService.Held held = server.service.held.take();
      held.release();
      Reply reply = client.reply();
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body()).isEqualTo(TWO_SCORES);
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void predict_halfClosedWhileHeld_sendsStartEarlyAndTheRestLater() throws Exception {
    server.service.holding = true;
    try (RawClient client = server.client()) {
      client.send(predict(TWO_ROWS)).endOutput();
      assertThat(client.read(9)).isEqualTo("HTTP/1.1 ");
      PuppetService.Held held = server.service.held.take();
      assertThat(held.request().abandoned().getAsBoolean()).isFalse();
      held.release();
      assertThat(client.read(6)).isEqualTo("200 OK");
    }
  }

  @Test
  void predict_clientClosesWhileHeld_isAbandoned() throws Exception {
    server.service.holding = true;
    RawClient client = server.client();
    client.send(predict(TWO_ROWS));
    PuppetService.Held held = server.service.held.take();
    client.close();
    awaitTrue(held.request().abandoned());
    held.release();
    assertStillServes();
  }

  @Test
  void predict_clientResetsMidBody_serverGoesOn() throws Exception {
    RawClient client = server.client();
    client.send("POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{\"inst");
    client.abort();
    assertStillServes();
  }

  @Test
  void predict_inputEndsMidBody_answers400() throws Exception {
    try (RawClient client = server.client()) {
      client.send("POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{\"inst");
      assertThat(client.endOutput().reply().status()).isEqualTo(400);
    }
  }

  @Test
  void predict_longAnswers_areWholeAndKeepTheConnection() throws Exception {
    String request = predict("{\"instances\":[" + "\"\",".repeat(60_000) + "\"\"]}");
    try (RawClient client = server.client()) {
      for (int i = 0; i < 30; i++) {
        Reply reply = client.send(request).reply();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body().length()).isGreaterThan(2 * Payload.PIECE_BYTES);
      }
    }
  }

  @Test
  void request_tooSlow_answers408() throws Exception {
    try (TestServer slow = new TestServer(Duration.ofMillis(100), Duration.ofSeconds(20));
        RawClient client = slow.client()) {
      assertThat(client.send("POST /predict HT").reply().status()).isEqualTo(408);
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void connection_idleTooLong_isClosed() throws Exception {
    try (TestServer slow = new TestServer(Duration.ofSeconds(20), Duration.ofMillis(100));
        RawClient client = slow.client()) {
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void sharedPath_getAndPost_answerHealthAndPrediction() throws Exception {
    try (RawClient client = server.client()) {
      client.send("GET " + BOTH_ROUTE + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.reply().body()).isEqualTo("{\"state\":\"ready\"}");
      client.send(predict(TWO_ROWS).replace("/predict", BOTH_ROUTE));
      assertThat(client.reply().body()).isEqualTo(TWO_SCORES);
      client.send("GET " + BOTH_ROUTE.replace(":", "%3A") + "?x HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.reply().status()).isEqualTo(200);
    }
  }

  @Test
  void head_onGetRoute_answersWithoutBody() throws Exception {
    try (RawClient client = server.client()) {
      client.send(
          "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.replyToHead().header("content-length")).isEqualTo("17");
      assertThat(client.reply().body()).isEqualTo("{\"state\":\"ready\"}");
    }
  }

  @Test
  void knownPath_wrongMethod_saysWhatIsAllowed() throws Exception {
    try (RawClient client = server.client()) {
      client.send("DELETE " + BOTH_ROUTE + " HTTP/1.1\r\nHost: a\r\n\r\n");
      Reply reply = client.reply();
      assertThat(reply.status()).isEqualTo(405);
      assertThat(reply.header("allow")).isEqualTo("GET, HEAD, POST");
    }
  }

  @Test
  void health_notReady_answers503WithReason() throws Exception {
    server.lifecycle.fail("model: broken");
    try (RawClient client = server.client()) {
      Reply reply = client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").reply();
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.header("retry-after")).isEqualTo("1");
      assertThat(reply.body())
          .isEqualTo("{\"state\":\"failed\",\"error\":\"state: failed, model: broken\"}");
    }
  }

  @Test
  void predict_overloaded_answers429WithRetryAfter() throws Exception {
    server.service.failure = new ServingException(FailureKind.OVERLOADED, "rows: full", 3);
    try (RawClient client = server.client()) {
      Reply reply = client.send(predict(TWO_ROWS)).reply();
      assertThat(reply.status()).isEqualTo(429);
      assertThat(reply.header("retry-after")).isEqualTo("3");
      assertThat(reply.body()).isEqualTo("{\"error\":\"rows: full\"}");
    }
  }

  @Test
  void predict_unexpectedFailure_answers500WithoutDetails() throws Exception {
    server.service.failure = new IllegalStateException("secret");
    try (RawClient client = server.client()) {
      Reply reply = client.send(predict(TWO_ROWS)).reply();
      assertThat(reply.status()).isEqualTo(500);
      assertThat(reply.body()).isEqualTo("{\"error\":\"internal error\"}");
      server.service.failure = null;
      assertThat(client.send(predict(TWO_ROWS)).reply().status()).isEqualTo(200);
    }
  }

  @Test
  void metrics_afterRequests_countsByRouteAndStatus() throws Exception {
    try (RawClient client = server.client()) {
      client.send(predict(TWO_ROWS)).reply();
      client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n").reply();
      Reply reply = client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").reply();
      assertThat(reply.header("content-type")).startsWith("text/plain");
      assertThat(reply.body())
          .contains("bertserve_http_requests_total{route=\"predict\",status=\"200\"} 1")
          .contains("bertserve_http_requests_total{route=\"unknown\",status=\"404\"} 1")
          .contains("bertserve_http_request_seconds_bucket{route=\"predict\",le=\"0.1\"}")
          .contains("jvm_memory_used_bytes");
    }
  }

  @Test
  void stop_requestInFlight_isAnsweredAndOthersAreToldToGo() throws Exception {
    server.service.holding = true;
    try (RawClient busy = server.client();
        RawClient idle = server.client()) {
      busy.send(predict(TWO_ROWS));
      PuppetService.Held held = server.service.held.take();
      idle.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").reply();
      server.lifecycle.moveTo(State.DRAINING);
      server.http.drain();
      server.http.stopAccepting(Duration.ofSeconds(10));
      assertThatThrownBy(server::client).isInstanceOf(IOException.class);
      assertThat(idle.isEnded()).isTrue();
      assertThat(server.http.awaitIdle(Duration.ofMillis(1))).isFalse();
      held.release();
      Reply reply = busy.reply();
      assertThat(reply.body()).isEqualTo(TWO_SCORES);
      assertThat(reply.header("connection")).isEqualTo("close");
      busy.endOutput();
      idle.endOutput();
      assertThat(server.http.awaitIdle(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void stop_requestsPipelined_allAreAnswered() throws Exception {
    server.service.holding = true;
    try (RawClient client = server.client()) {
      client.send(predict(TWO_ROWS).repeat(3));
      PuppetService.Held first = server.service.held.take();
      server.http.drain();
      server.service.holding = false;
      first.release();
      assertThat(client.reply().header("connection")).isEqualTo("keep-alive");
      assertThat(client.reply().header("connection")).isEqualTo("keep-alive");
      assertThat(client.reply().header("connection")).isEqualTo("close");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void stop_requestWithinGrace_isAnswered() throws Exception {
    try (RawClient client = server.client()) {
      client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").reply();
      server.http.drain();
      Reply reply = client.send(predict(TWO_ROWS)).reply();
      assertThat(reply.body()).isEqualTo(TWO_SCORES);
      assertThat(reply.header("connection")).isEqualTo("close");
    }
  }

  @Test
  void stop_busyClients_loseNoRequest() throws Exception {
    CountDownLatch busy = new CountDownLatch(8);
    List<CompletableFuture<Integer>> clients = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int i = 0; i < 8; i++) {
        clients.add(CompletableFuture.supplyAsync(() -> askUntilToldToGo(busy), threads));
      }
      busy.await();
      server.http.drain();
      server.http.stopAccepting(Duration.ofSeconds(10));
      assertThat(server.http.awaitIdle(Duration.ofSeconds(10))).isTrue();
      for (CompletableFuture<Integer> client : clients) {
        assertThat(client.join()).isGreaterThanOrEqualTo(100);
      }
    } finally {
      threads.shutdown();
    }
  }

  /** Answers the number of requests, all of which were answered. */
  private int askUntilToldToGo(CountDownLatch busy) {
    int answered = 0;
    try (RawClient client = server.client()) {
      while (true) {
        Reply reply = client.send(predict(TWO_ROWS)).reply();
        assertThat(reply.body()).isEqualTo(TWO_SCORES);
        answered++;
        if (answered == 100) {
          busy.countDown();
        }
        if (reply.header("connection").equals("close")) {
          return answered;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void listen_portTaken_throwsWithPort() {
    HttpSettings taken = HttpSettings.of("127.0.0.1", server.http.port());
    assertThatThrownBy(
            () -> new HttpServer(taken, new Router(List.of()), new HttpMetrics(server.page)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("port: " + server.http.port());
  }

  private void assertStillServes() throws IOException {
    server.service.holding = false;
    try (RawClient client = server.client()) {
      assertThat(client.send(predict(TWO_ROWS)).reply().body()).isEqualTo(TWO_SCORES);
    }
  }

  private static void awaitTrue(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
