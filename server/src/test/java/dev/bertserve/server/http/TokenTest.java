package dev.bertserve.server.http;

import static dev.bertserve.server.http.TestServer.TWO_ROWS;
import static dev.bertserve.server.http.TestServer.TWO_SCORES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.access.AccessFiles;
import dev.bertserve.server.http.RawClient.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server whose requests need a token. */
@Timeout(30)
final class TokenTest {

  private static final String TOKEN = "0123456789abcdef";
  private static final String REFUSED =
      "{\"error\":\"authorization: no valid token (expected: Bearer, and a token of this server)\"}";

  @TempDir private Path folder;
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), TOKEN);
    server =
        new TestServer(
            Access.read(new AccessFiles(Optional.empty(), Optional.empty(), Optional.of(file))));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Reply ask(String request) throws IOException {
    try (RawClient client = server.client()) {
      return client.send(request).reply();
    }
  }

  private static String predict(String headers, String body) {
    return "POST /predict HTTP/1.1\r\nHost: a\r\n%sContent-Length: %d\r\n\r\n%s"
        .formatted(headers, body.length(), body);
  }

  @Test
  void predict_withToken_isServedOnAKeptConnection() throws IOException {
    String request = predict("Authorization: Bearer " + TOKEN + "\r\n", TWO_ROWS);
    try (RawClient client = server.client()) {
      assertThat(client.send(request + request).reply().body()).isEqualTo(TWO_SCORES);
      assertThat(client.reply().body()).isEqualTo(TWO_SCORES);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Authorization: Bearer wrong\r\n", "Authorization: Basic YTpi\r\n"})
  void predict_withoutValidToken_isUnauthorized(String headers) throws IOException {
    Reply reply = ask(predict(headers, TWO_ROWS));

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.header("www-authenticate")).isEqualTo("Bearer");
    assertThat(reply.header("connection")).isEqualTo("close");
    assertThat(reply.body()).isEqualTo(REFUSED);
  }

  @Test
  void body_ofAStranger_isNeitherAskedForNorKept() throws IOException {
    try (RawClient client = server.client()) {
      client.send(
          "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.reply().status()).isEqualTo(401);
      client.send("x".repeat(900_000));
      assertThat(server.http.shared().arriving().take(TestServer.MAX_ARRIVING_BYTES)).isTrue();
      assertThat(client.endOutput().isEnded()).isTrue();
    }
  }

  @Test
  void failure_isInTheDialectOfTheRoute() throws IOException {
    Reply reply = ask("GET /puppet HTTP/1.1\r\nHost: a\r\n\r\n");

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.body()).startsWith("puppet: authorization: no valid token");
  }

  @Test
  void health_withoutToken_isServed() throws IOException {
    assertThat(ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(200);
    try (RawClient client = server.client()) {
      client.send("HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.replyToHead().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /metrics", "GET /nowhere", "DELETE /health", "POST /health"})
  void otherRoutes_withoutToken_areUnauthorizedAlike(String line) throws IOException {
    Reply reply = ask(line + " HTTP/1.1\r\nHost: a\r\n\r\n");

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.body()).isEqualTo(REFUSED);
  }
}
