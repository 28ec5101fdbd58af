package dev.bertserve.server.http;

import static dev.bertserve.server.http.TestServer.TWO_ROWS;
import static dev.bertserve.server.http.TestServer.TWO_SCORES;
import static dev.bertserve.server.http.TestServer.predict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.http.RawClient.Reply;
import dev.bertserve.server.metrics.HttpMetrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpServerTest {

  @AutoClose private final TestServer server = TestServer.start();

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
      assertThat(held.request().caller().abandoned().getAsBoolean()).isFalse();
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
    awaitTrue(held.request().caller().abandoned());
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
  void listen_portTaken_throwsWithPort() {
    HttpSettings taken = HttpSettings.of("127.0.0.1", server.http.port());
    assertThatThrownBy(
            () ->
                new HttpServer(
                    taken, Access.FREE, new Router(List.of()), new HttpMetrics(server.page)))
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
