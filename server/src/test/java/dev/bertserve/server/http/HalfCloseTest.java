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

  private static final int PIECE_BYTES = 64 * 1024;
  private static final int PIECES = 600;
  private static final int ROUND_TRIPS = 20;

  @Test
  void requests_pipelinedBeforeHalfClose_areAllAnswered() throws Exception {
    try (TestServer server = new TestServer();
        RawClient client = server.client()) {
      server.puppet.holding = true;
      client.send(REQUEST + LARGE_REQUEST + LARGE_REQUEST).endOutput();
      server.puppet.asked.await();
      server.puppet.holding = false;

      server.puppet.held.complete(server.puppet.response());

      assertThat(client.reply().body()).isEqualTo("x");
      assertThat(client.reply().body()).isEqualTo("x");
      assertThat(client.reply().body()).isEqualTo("x");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void answer_largerThanTheSocketTakesAfterHalfClose_isWhole() throws Exception {
    try (TestServer server = new TestServer();
        RawClient client = server.client()) {
      server.puppet.body.piece = new byte[PIECE_BYTES];
      server.puppet.body.pieces = PIECES;
      server.puppet.holding = true;
      client.send(REQUEST).endOutput();
      awaitHalfCloseSeen(client);

      server.puppet.held.complete(server.puppet.response());
      awaitSocketFull(server);

      assertThat(client.reply().body()).hasSize(PIECES * PIECE_BYTES);
      assertThat(client.isEnded()).isTrue();
    }
  }

  /** The server starts an answer early once it knows that its client sends no more. */
  private static void awaitHalfCloseSeen(RawClient client) throws IOException {
    assertThat(client.read(4)).isEqualTo("HTTP");
  }

  /** Waits until no piece is written while other connections on the same loops are answered. */
  private static void awaitSocketFull(TestServer server) throws IOException {
    int before = 0;
    int written = server.puppet.body.written.get();
    while (written == 0 || written > before) {
      before = written;
      for (int i = 0; i < ROUND_TRIPS; i++) {
        try (RawClient other = server.client()) {
          other.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").reply();
        }
      }
      written = server.puppet.body.written.get();
    }
  }
}
