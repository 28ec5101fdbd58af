package dev.bertserve.server.http;

import static dev.bertserve.server.http.TestServer.TWO_ROWS;
import static dev.bertserve.server.http.TestServer.TWO_SCORES;
import static dev.bertserve.server.http.TestServer.predict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.access.AccessFiles;
import dev.bertserve.server.access.FileValue;
import dev.bertserve.server.fixture.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server whose connections are encrypted. */
@Timeout(60)
final class TlsTest {

  private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: a\r\n";
  private static final String PUPPET = "GET /puppet HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir private static Path folder;
  private static TestCertificate certificate;
  private static AccessFiles files;

  private TestServer server;

  @BeforeAll
  static void create() throws Exception {
    certificate = TestCertificate.create(folder, "localhost");
    files =
        new AccessFiles(
            Optional.of(certificate.certificate()),
            Optional.of(certificate.key()),
            Optional.empty());
  }

  @BeforeEach
  void start() throws IOException {
    server = new TestServer(Access.read(files));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private SSLSocket connect() throws Exception {
    return connect(server, certificate);
  }

  private static SSLSocket connect(TestServer to, TestCertificate trusted) throws Exception {
    return (SSLSocket)
        trusted
            .trusted()
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), to.http.port());
  }

  private RawClient client() throws Exception {
    return new RawClient(connect());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
  void predict_javaClient_isAnsweredOverHttp1(HttpClient.Version version) throws Exception {
    HttpClient client =
        HttpClient.newBuilder().version(version).sslContext(certificate.trusted()).build();

    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(
                    URI.create("https://localhost:" + server.http.port() + "/predict"))
                .POST(HttpRequest.BodyPublishers.ofString(TWO_ROWS))
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(response.body()).isEqualTo(TWO_SCORES);
    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void requests_pipelined_areAnsweredInOrderOnOneConnection(String protocol) throws Exception {
    SSLSocket socket = connect();
    socket.setEnabledProtocols(new String[] {protocol});
    try (RawClient client = new RawClient(socket)) {
      client.send(predict(TWO_ROWS) + HEALTH + "\r\n" + predict(TWO_ROWS));

      assertThat(client.reply().body()).isEqualTo(TWO_SCORES);
      assertThat(client.reply().body()).isEqualTo("{\"state\":\"ready\"}");
      assertThat(client.reply().body()).isEqualTo(TWO_SCORES);
      assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
    }
  }

  @Test
  void predict_largeBodyAndResponse_areWhole() throws Exception {
    server.puppet.body.piece = new byte[64 * 1024];
    server.puppet.body.pieces = 100;
    try (RawClient client = client()) {
      client.send(
          "POST /puppet HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n"
              + "x".repeat(900_000));

      assertThat(client.reply().bytes()).hasSize(100 * 64 * 1024);
      assertThat(server.puppet.received).hasSize(900_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void connectionClose_endsWithTheClosureAlert(String protocol) throws Exception {
    SSLSocket socket = connect();
    socket.setEnabledProtocols(new String[] {protocol});
    try (RawClient client = new RawClient(socket)) {
      client.send(HEALTH + "Connection: close\r\n\r\n");

      assertThat(client.reply().header("connection")).isEqualTo("close");
      // Without the alert, the socket would throw: the end might be forged.
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void requests_beforeTheClientsClosureAlert_areAllAnswered() throws Exception {
    server.puppet.holding = true;
    try (RawClient client = client()) {
      client.send(PUPPET + PUPPET + PUPPET).endOutput();
      server.puppet.asked.await();
      server.puppet.holding = false;

      server.puppet.held.complete(server.puppet.response());

      for (int i = 0; i < 3; i++) {
        assertThat(client.reply().body()).isEqualTo("x");
      }
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void request_cutOffByTheClosureAlert_isRejected() throws Exception {
    try (RawClient client = client()) {
      client.send("POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc").endOutput();

      assertThat(client.reply().status()).isEqualTo(400);
    }
  }

  @Test
  void drain_requestInFlight_isAnsweredAndTheConnectionClosed() throws Exception {
    server.service.holding = true;
    try (RawClient client = client()) {
      client.send(predict(TWO_ROWS));
      PuppetService.Held held = server.service.held.take();

      server.http.drain();
      server.http.stopAccepting(Duration.ofSeconds(10));
      held.release();

      RawClient.Reply reply = client.reply();
      assertThat(reply.body()).isEqualTo(TWO_SCORES);
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(client.isEnded()).isTrue();
      client.endOutput();
      assertThat(server.http.awaitIdle(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void plainText_isClosedAndOthersAreServed() throws Exception {
    try (RawClient plain = server.client();
        RawClient client = client()) {
      plain.send(HEALTH + "\r\n");

      assertThatThrownBy(plain::reply).isInstanceOf(IOException.class);
      assertThat(client.send(HEALTH + "\r\n").reply().status()).isEqualTo(200);
    }
  }

  @Test
  void handshake_thatNeverComes_isReplacedAboveTheLimit() throws Exception {
    List<RawClient> others = new ArrayList<>();
    for (int i = 0; i < TestServer.MAX_CONNECTIONS - TestServer.EVENT_LOOPS; i++) {
      others.add(server.client());
    }
    // Each event loop answers one of these, and has then started those before it.
    for (int i = 0; i < TestServer.EVENT_LOOPS; i++) {
      RawClient idle = client();
      assertThat(idle.send(HEALTH + "\r\n").reply().status()).isEqualTo(200);
      others.add(idle);
    }

    try (RawClient client = client()) {
      assertThat(client.send(predict(TWO_ROWS)).reply().body()).isEqualTo(TWO_SCORES);
    }
    for (RawClient other : others) {
      other.close();
    }
  }

  @Test
  void certificate_renewed_isShownToNewConnections() throws Exception {
    Path certificateFile = folder.resolve("renewed.crt");
    Path keyFile = folder.resolve("renewed.key");
    TestCertificate first = TestCertificate.create(folder, "first");
    TestCertificate second = TestCertificate.create(folder, "second");
    replace(first, certificateFile, keyFile);
    Access access =
        Access.read(
            new AccessFiles(Optional.of(certificateFile), Optional.of(keyFile), Optional.empty()));
    try (TestServer renewing = new TestServer(access);
        RawClient before = new RawClient(connect(renewing, first))) {
      assertThat(before.send(HEALTH + "\r\n").reply().status()).isEqualTo(200);

      replace(second, certificateFile, keyFile);
      access.values().forEach(FileValue::renew);

      try (RawClient after = new RawClient(connect(renewing, second))) {
        assertThat(after.send(HEALTH + "\r\n").reply().status()).isEqualTo(200);
      }
      assertThat(before.send(HEALTH + "\r\n").reply().status()).isEqualTo(200);
      assertThatThrownBy(() -> new RawClient(connect(renewing, first)).send(HEALTH))
          .isInstanceOf(SSLException.class);
    }
  }

  /** As cert-manager and certbot do it; the new files have another size or another time. */
  private static void replace(TestCertificate by, Path certificateFile, Path keyFile)
      throws IOException {
    Files.copy(by.certificate(), certificateFile, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(by.key(), keyFile, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(certificateFile, Files.getLastModifiedTime(by.certificate()));
  }
}
