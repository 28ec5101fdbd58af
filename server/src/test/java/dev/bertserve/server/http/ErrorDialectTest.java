package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.http.RawClient.Reply;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failures in the words of the endpoint, whenever they happen after its route is known. */
@Timeout(30)
final class ErrorDialectTest {

  private static final String POST = "POST /puppet HTTP/1.1\r\nHost: a\r\n";

  @AutoClose private final TestServer server = TestServer.start();

  @Test
  void announcedLength_tooLarge_isInTheDialect() throws IOException {
    assertDialect(POST + "Content-Length: 99999999\r\n\r\n", 413);
  }

  @Test
  void chunks_tooLarge_areInTheDialect() throws IOException {
    String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
    assertDialect(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(20), 413);
  }

  @Test
  void encoding_unknown_isInTheDialectAndNamesTheKnown() throws IOException {
    Reply reply = assertDialect(POST + "Content-Encoding: br\r\nContent-Length: 1\r\n\r\n", 415);
    assertThat(reply.body()).contains("gzip", "deflate");
    assertThat(reply.header("accept-encoding")).isEqualTo("gzip, deflate");
  }

  @Test
  void data_corrupt_isInTheDialectAndKeepsTheConnection() throws IOException {
    Reply reply =
        assertDialect(POST + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 400);
    assertThat(reply.header("connection")).isEqualTo("keep-alive");
  }

  @Test
  void input_endsEarly_isInTheDialect() throws IOException {
    try (RawClient client = server.client()) {
      client.send(POST + "Content-Length: 10\r\n\r\nabc").endOutput();
      assertDialect(client.reply(), 400);
    }
  }

  @Test
  void body_tooSlow_isInTheDialect() throws IOException {
    try (TestServer slow = new TestServer(Duration.ofMillis(100), Duration.ofSeconds(20));
        RawClient client = slow.client()) {
      client.send(POST + "Content-Length: 10\r\n\r\nabc");
      assertDialect(client.reply(), 408);
    }
  }

  @Test
  void stage_failsLater_isInTheDialectWithItsRetryAfter() throws Exception {
    server.puppet.holding = true;
    try (RawClient client = server.client()) {
      client.send(POST + "Content-Length: 0\r\n\r\n");
      server.puppet.asked.await();
      server.puppet.held.completeExceptionally(
          new ServingException(FailureKind.OVERLOADED, "rows: full", 3));
      Reply reply = client.reply();
      assertDialect(reply, 429);
      assertThat(reply.body()).isEqualTo("puppet: rows: full");
      assertThat(reply.header("retry-after")).isEqualTo("3");
    }
  }

  @Test
  void firstPiece_fails_isInTheDialect() throws IOException {
    server.puppet.body.failingPiece = 0;
    assertDialect(POST + "Content-Length: 0\r\n\r\n", 500);
  }

  @Test
  void dialect_failsItself_isReportedInTheDefault() throws IOException {
    server.puppet.failingFailure = true;
    try (RawClient client = server.client()) {
      Reply reply = client.send(POST + "Content-Length: 99999999\r\n\r\n").reply();
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.body()).startsWith("{\"error\":\"body: too large");
    }
  }

  @Test
  void route_missing_isReportedInTheDefault() throws IOException {
    try (RawClient client = server.client()) {
      client.send("POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.reply().body()).startsWith("{\"error\":\"path: /nowhere");
      client.send("PUT /puppet HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.reply().body()).startsWith("{\"error\":\"method: PUT");
    }
  }

  private Reply assertDialect(String request, int status) throws IOException {
    try (RawClient client = server.client()) {
      Reply reply = client.send(request).reply();
      assertDialect(reply, status);
      return reply;
    }
  }

  private static void assertDialect(Reply reply, int status) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("content-type")).isEqualTo("text/plain");
    assertThat(reply.body()).startsWith("puppet: ");
  }
}
