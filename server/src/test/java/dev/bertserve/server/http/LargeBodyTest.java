package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where requests are handled, by the size of their bodies. */
@Timeout(30)
final class LargeBodyTest {

  private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

  @AutoClose private final TestServer server = TestServer.start();

  @Test
  void request_small_isHandledOnTheLoop() throws IOException {
    try (RawClient client = server.client()) {
      client.send(post(Dispatcher.LARGE_BODY_BYTES)).reply();
      assertThat(server.puppet.thread).startsWith("http-loop");
    }
  }

  @Test
  void request_large_isHandledOnAWorkerInOrder() throws IOException {
    try (RawClient client = server.client()) {
      client.send(post(Dispatcher.LARGE_BODY_BYTES + 1) + HEALTH);
      assertThat(client.reply().body()).isEqualTo("x");
      assertThat(client.reply().body()).isEqualTo("{\"state\":\"ready\"}");
      assertThat(server.puppet.thread).startsWith("http-worker");
    }
  }

  @Test
  void health_whileLargeRequestsAreHandled_isAnswered() throws Exception {
    server.puppet.blocker = new CountDownLatch(1);
    try (RawClient first = server.client();
        RawClient second = server.client()) {
      first.send(post(200_000));
      second.send(post(200_000));
      server.puppet.asked.await();
      for (int i = 0; i < 10; i++) {
        try (RawClient client = server.client()) {
          assertThat(client.send(HEALTH).reply().status()).isEqualTo(200);
        }
      }
      server.puppet.blocker.countDown();
      assertThat(first.reply().body()).isEqualTo("x");
      assertThat(second.reply().status()).isEqualTo(200);
    }
  }

  @Test
  void request_waitsForAWorker_hasArrivedBefore() throws Exception {
    server.puppet.blocker = new CountDownLatch(1);
    try (RawClient first = server.client();
        RawClient second = server.client()) {
      first.send(post(200_000));
      server.puppet.asked.await();
      second.send(head(200_000, "Expect: 100-continue\r\n"));
      assertThat(second.reply().status()).isEqualTo(100);
      second.send("y".repeat(200_000));
      long releasedNanos = System.nanoTime();
      server.puppet.blocker.countDown();

      assertThat(second.reply().status()).isEqualTo(200);
      assertThat(releasedNanos - server.puppet.arrivedNanos).isPositive();
    }
  }

  private static String post(int bytes) {
    return head(bytes, "") + "y".repeat(bytes);
  }

  private static String head(int bytes, String headers) {
    return "POST /puppet HTTP/1.1\r\nHost: a\r\n"
        + headers
        + "Content-Length: "
        + bytes
        + "\r\n\r\n";
  }
}
