package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that close their sending side and wait for everything that they have asked for. */
@Timeout(60)
final class HalfCloseTest {

  private static final String REQUEST = "GET /puppet HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String LARGE_REQUEST =
      "POST /puppet HTTP/1.1\r\nHost: a\r\nContent-Length: "
          + 2 * Dispatcher.LARGE_BODY_BYTES
          + "\r\n\r\n"
          + "x".repeat(2 * Dispatcher.LARGE_BODY_BYTES);

  @Test
  void requests_pipelinedBeforeHalfClose_areAllAnswered() throws Exception {
    try (TestServer server = new TestServer();
        RawClient client = server.client()) {
      server.puppet.holding = true;
      client.send(REQUEST + LARGE_REQUEST + LARGE_REQUEST).endOutput();
      awaitHalfCloseSeen(client);
      server.puppet.holding = false;

      server.puppet.held.complete(server.puppet.response());

      assertThat(client.reply().body()).isEqualTo("x");
      assertThat(client.reply().body()).isEqualTo("x");
      assertThat(client.reply().body()).isEqualTo("x");
      assertThat(client.isEnded()).isTrue();
    }
  }

  /** The server starts an answer early once it knows that its client sends no more. */
  private static void awaitHalfCloseSeen(RawClient client) throws IOException {
    assertThat(client.read(4)).isEqualTo("HTTP");
  }
}
