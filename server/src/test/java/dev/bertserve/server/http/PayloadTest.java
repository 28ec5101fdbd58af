package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.http.RawClient.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Bodies in pieces: how they are framed, when the next piece is asked for, when they are closed.
 */
@Timeout(30)
final class PayloadTest {

  private static final String GET = "GET /puppet HTTP/1.1\r\nHost: a\r\n\r\n";

  @AutoClose private final TestServer server = TestServer.start();
  private PuppetEndpoint.Body body = server.puppet.body;

  @Test
  void body_ofOnePiece_statesItsLengthAndIsClosedOnce() throws IOException {
    try (RawClient client = server.client()) {
      Reply reply = client.send(GET).reply();
      assertThat(reply.header("content-length")).isEqualTo("1");
      assertThat(reply.header("transfer-encoding")).isEmpty();
      assertThat(reply.body()).isEqualTo("x");
      assertClosedOnce();
    }
  }

  @Test
  void body_ofManyPieces_isChunkedAndClosedOnce() throws IOException {
    body.pieces = 5;
    try (RawClient client = server.client()) {
      Reply reply = client.send(GET).reply();
      assertThat(reply.header("content-length")).isEmpty();
      assertThat(reply.header("transfer-encoding")).isEqualTo("chunked");
      assertThat(reply.body()).isEqualTo("xxxxx");
      assertClosedOnce();
      assertThat(client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").reply().status())
          .isEqualTo(200);
    }
  }

  @Test
  void body_ofManyPiecesToHttp10_endsWithTheConnection() throws IOException {
    body.pieces = 5;
    try (RawClient client = server.client()) {
      client.send("GET /puppet HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      Reply reply = client.replyToHead();
      assertThat(reply.header("transfer-encoding") + reply.header("content-length")).isEmpty();
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(client.read(6)).isEqualTo("xxxxx");
      assertClosedOnce();
    }
  }

  @Test
  void body_ofManyPiecesToHead_isLeftOutAndClosedOnce() throws IOException {
    body.pieces = 5;
    try (RawClient client = server.client()) {
      client.send("HEAD /puppet HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.replyToHead().status()).isEqualTo(200);
      assertThat(client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").reply().body())
          .isEqualTo("{\"state\":\"ready\"}");
      assertClosedOnce();
      assertThat(body.written).hasValue(1);
    }
  }

  @Test
  void body_clientReadsNothing_isNotEncodedOnAndIsClosedWhenItLeaves() throws IOException {
    endless();
    try (RawClient client = server.client()) {
      client.send(GET);
      int written = awaitStandstill();
      assertThat((long) written * body.piece.length).isLessThan(64L * 1024 * 1024);
      assertThat(body.closes).hasValue(0);
      client.abort();
    }
    assertClosedOnce();
  }

  @Test
  void body_clientReadsNothing_isClosedAfterTheRequestTimeout() throws IOException {
    try (TestServer hasty = new TestServer(Duration.ofMillis(200), Duration.ofSeconds(20));
        RawClient client = hasty.client()) {
      body = hasty.puppet.body;
      endless();
      client.send(GET);
      assertClosedOnce();
      hasty.http.drain();
    }
  }

  @Test
  void body_clientTricklesAfterTheRequestTimeout_isClosed() throws IOException {
    try (TestServer hasty = new TestServer(Duration.ofMillis(200), Duration.ofSeconds(20));
        RawClient client = hasty.client()) {
      body = hasty.puppet.body;
      endless();
      client.send(GET);
      while (body.closes.get() == 0) {
        client.read(1);
      }
    }
    assertClosedOnce();
  }

  @Test
  void health_onTheSameLoopAsAnEndlessAnswer_isAnswered() throws Exception {
    endless();
    try (RawClient greedy = server.client()) {
      greedy.send(GET);
      Thread reader = new Thread(() -> readAll(greedy), "reader");
      reader.start();
      for (int i = 0; i < 20; i++) {
        try (RawClient client = server.client()) {
          client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
          assertThat(client.reply().status()).isEqualTo(200);
        }
      }
      assertThat(body.closes).hasValue(0);
      greedy.abort();
      reader.join();
    }
    assertClosedOnce();
  }

  @Test
  void body_firstPieceFails_isAnswered500AndClosedOnce() throws IOException {
    body.failingPiece = 0;
    try (RawClient client = server.client()) {
      assertThat(client.send(GET).reply().status()).isEqualTo(500);
      assertClosedOnce();
    }
  }

  @Test
  void body_laterPieceFails_closesTheConnectionAndIsClosedOnce() throws IOException {
    body.pieces = 5;
    body.failingPiece = 2;
    try (RawClient client = server.client()) {
      client.send(GET);
      assertThat(client.replyToHead().status()).isEqualTo(200);
      assertThat(client.read(1_000)).isEqualTo("1\r\nx\r\n1\r\nx\r\n");
      assertClosedOnce();
    }
  }

  @Test
  void body_ofAStageThatCompletesAfterTheClientLeft_isClosedUnwritten() throws Exception {
    server.puppet.holding = true;
    RawClient client = server.client().send(GET);
    server.puppet.asked.await();
    client.abort();
    awaitTrue(server.puppet.abandoned);
    server.puppet.held.complete(server.puppet.response());
    assertClosedOnce();
    assertThat(body.written.get()).isLessThanOrEqualTo(1);
  }

  @Test
  void body_serverCloses_isClosedOnce() throws IOException {
    endless();
    try (RawClient client = server.client()) {
      client.send(GET);
      awaitStandstill();
      server.close();
      assertClosedOnce();
    }
  }

  @Test
  void body_ofAStageThatCompletesAfterTheServerClosed_isClosedUnwritten() throws Exception {
    server.puppet.holding = true;
    try (RawClient client = server.client()) {
      client.send(GET);
      server.puppet.asked.await();
      server.close();
      server.puppet.held.complete(server.puppet.response());
      assertClosedOnce();
      assertThat(body.written).hasValue(0);
    }
  }

  private void endless() {
    body.piece = new byte[Payload.PIECE_BYTES];
    Arrays.fill(body.piece, (byte) 'x');
    body.pieces = PuppetEndpoint.ENDLESS;
  }

  /** Returns the number of pieces after which no more are written for a while. */
  private int awaitStandstill() {
    int before = -1;
    long since = System.nanoTime();
    while (before <= 0 || System.nanoTime() - since < TimeUnit.MILLISECONDS.toNanos(200)) {
      int written = body.written.get();
      if (written != before) {
        before = written;
        since = System.nanoTime();
      }
      Thread.onSpinWait();
    }
    return before;
  }

  private static void readAll(RawClient client) {
    try {
      while (!client.read(100_000).isEmpty()) {
        // Goes on.
      }
    } catch (IOException e) {
      // The test has closed it.
    }
  }

  private void assertClosedOnce() {
    awaitTrue(() -> body.closes.get() > 0);
    try (RawClient client = server.client()) {
      client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").reply();
    } catch (IOException e) {
      // The server is closed.
    }
    assertThat(body.closes).hasValue(1);
    assertThat(body.late).hasValue(0);
  }

  private static void awaitTrue(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
