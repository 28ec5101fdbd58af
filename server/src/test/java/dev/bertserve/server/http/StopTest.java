package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.http.RawClient.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a stopping server still does, and that nothing holds up its end. */
@Timeout(30)
final class StopTest {

  private static final String GET = "GET /puppet HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final int CLIENTS = 6;

  @AutoClose private final TestServer server = TestServer.start();

  @Test
  void drain_newConnection_isAnsweredAndToldToClose() throws IOException {
    server.http.drain();
    try (RawClient client = server.client()) {
      Reply reply = client.send(GET).reply();
      assertThat(reply.body()).isEqualTo("x");
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void stopAccepting_clientsKeepConnecting_everyConnectionIsAnswered() throws Exception {
    CountDownLatch busy = new CountDownLatch(CLIENTS);
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<CompletableFuture<Void>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(CompletableFuture.runAsync(() -> connectUntilRefused(busy), threads));
      }
      busy.await();
      server.http.drain();
      server.http.stopAccepting(Duration.ofMillis(300));

      for (CompletableFuture<Void> client : clients) {
        client.join();
      }
      assertThat(server.http.awaitIdle(Duration.ofSeconds(10))).isTrue();
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void close_endlessAnswerIsBeingWritten_returns() throws Exception {
    server.puppet.body.piece = new byte[100_000];
    server.puppet.body.pieces = PuppetEndpoint.ENDLESS;
    try (RawClient client = server.client()) {
      client.send(GET).read(1_000_000);
      server.http.drain();
      server.http.stopAccepting(Duration.ofMillis(200));
      assertThat(server.http.awaitIdle(Duration.ofMillis(1))).isFalse();

      server.http.close();

      assertThat(server.puppet.body.closes).hasValue(1);
    }
  }

  @Test
  void close_eventLoopIsStuck_returns() throws Exception {
    server.puppet.blocker = new CountDownLatch(1);
    try (RawClient client = server.client()) {
      client.send(GET);
      server.puppet.asked.await();

      server.http.close();

      assertThat(server.puppet.body.written).hasValue(0);
    }
  }

  /** A connection for each request; all that are made are answered. */
  private void connectUntilRefused(CountDownLatch busy) {
    try {
      while (true) {
        try (RawClient client = server.client()) {
          assertThat(client.send(GET).reply().status()).isEqualTo(200);
        }
        busy.countDown();
      }
    } catch (ConnectException refused) {
      // The server has stopped listening.
    } catch (IOException lost) {
      throw new UncheckedIOException(lost);
    }
  }
}
