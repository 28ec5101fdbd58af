package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ConnectionBoundTest {

  @Test
  void connect_moreThanTheBound_closesTheNewOneOnly() throws IOException {
    List<RawClient> clients = new ArrayList<>();
    try (TestServer server = new TestServer()) {
      for (int i = 0; i < TestServer.MAX_CONNECTIONS; i++) {
        clients.add(server.client());
      }
      try (RawClient tooMany = server.client()) {
        assertThat(tooMany.isEnded()).isTrue();
      }
      RawClient first = clients.get(0);
      first.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(first.reply().status()).isEqualTo(200);
      for (RawClient client : clients) {
        client.close();
      }
    }
  }
}
