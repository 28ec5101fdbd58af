package dev.bertserve.server.http;

import static dev.bertserve.server.http.TestServer.TWO_ROWS;
import static dev.bertserve.server.http.TestServer.TWO_SCORES;
import static dev.bertserve.server.http.TestServer.predict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.http.RawClient.Reply;
import dev.bertserve.server.lifecycle.State;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/** A server that stops. */
@Timeout(30)
final class DrainTest {

  @AutoClose private final TestServer server = TestServer.start();

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
}
