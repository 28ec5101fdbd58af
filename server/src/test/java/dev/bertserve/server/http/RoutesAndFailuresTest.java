package dev.bertserve.server.http;

import static dev.bertserve.server.http.TestServer.BOTH_ROUTE;
import static dev.bertserve.server.http.TestServer.TWO_ROWS;
import static dev.bertserve.server.http.TestServer.TWO_SCORES;
import static dev.bertserve.server.http.TestServer.predict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.http.RawClient.Reply;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a path, a method or a failure returns. */
@Timeout(30)
final class RoutesAndFailuresTest {

  @AutoClose private final TestServer server = TestServer.start();

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
  void request_withTwoLengths_isNotToldToChangeItsVersion() throws Exception {
    try (RawClient client = server.client()) {
      client.send(
          "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
      assertThat(client.reply().body())
          .isEqualTo(
              "{\"error\":\"request: malformed line, header or chunk (expected: those of HTTP/1.1)\"}");
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
}
