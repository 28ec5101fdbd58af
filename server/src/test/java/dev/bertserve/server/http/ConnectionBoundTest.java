package dev.bertserve.server.http;

import static dev.bertserve.server.http.TestServer.predict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.http.RawClient.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As many connections as there may be, and more: health always has an answer. */
@Timeout(60)
final class ConnectionBoundTest {

  private static final int MOST = TestServer.MAX_CONNECTIONS;
  private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String ONE_ROW = predict("{\"instances\":[\"abc\"]}");
  private static final long HEALTH_MILLIS = 50;

  private final List<RawClient> clients = new ArrayList<>();
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void stop() throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
    server.close();
  }

  @Test
  void connect_allOthersIdle_closesTheLongestIdleAndServesTheNewOne() throws IOException {
    connect(MOST);
    // By the end of the first round, the first two are at both event loops.
    for (int round = 0; round < 2; round++) {
      for (RawClient client : clients.subList(2, MOST)) {
        client.send(HEALTH).reply();
      }
    }

    RawClient newest = connect(1).get(0);

    assertThat(newest.send(ONE_ROW).reply().status()).isEqualTo(200);
    assertThat(clients.get(0).isEnded()).isTrue();
    assertThat(clients.get(1).isEnded()).isTrue();
    for (RawClient client : clients.subList(2, MOST + 1)) {
      assertThat(client.send(HEALTH).reply().status()).isEqualTo(200);
    }
  }

  @Test
  void connect_allOthersHalfwayThroughAHead_isServed() throws IOException {
    for (RawClient client : connect(MOST)) {
      client.send("GET /health HTTP/1.1\r\nX: " + "x".repeat(8_000));
    }

    assertThat(connect(1).get(0).send(HEALTH).reply().status()).isEqualTo(200);
  }

  @Test
  void connect_allOthersAtWork_isAnsweredOnHealthAndRefusedOnPredict() throws Exception {
    List<PuppetService.Held> held = holdAll();

    Reply health = connect(1).get(0).send(HEALTH).reply();
    Reply refused = connect(1).get(0).send(ONE_ROW).reply();

    assertThat(health.status()).isEqualTo(200);
    assertThat(health.header("connection")).isEqualTo("close");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("retry-after")).isEqualTo("1");
    assertThat(refused.header("connection")).isEqualTo("close");
    assertThat(refused.body())
        .isEqualTo("{\"error\":\"connections: too many (expected: at most 64 at work)\"}");
    held.forEach(PuppetService.Held::release);
    for (RawClient client : clients.subList(0, MOST)) {
      assertThat(client.reply().body()).isEqualTo("{\"predictions\":[[3.0]]}");
    }
  }

  @Test
  void health_floodOfIdleConnectionsWhileAllAreAtWork_answersWithin50Millis() throws Exception {
    List<PuppetService.Held> held = holdAll();
    List<Long> millis = new ArrayList<>();
    for (int round = 0; round < 50; round++) {
      connect(20);
      long start = System.nanoTime();
      try (RawClient probe = server.client()) {
        assertThat(probe.send(HEALTH).reply().status()).isEqualTo(200);
      }
      millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    Collections.sort(millis);
    // A quarter, and not more, because the machine may have other work.
    assertThat(millis.get(millis.size() / 4)).as("quartile of " + millis).isLessThan(HEALTH_MILLIS);
    held.forEach(PuppetService.Held::release);
    for (RawClient client : clients.subList(0, MOST)) {
      assertThat(client.reply().status()).isEqualTo(200);
    }
  }

  @Test
  void requests_ofAClientThatNeverReads_areNotReadOn() throws IOException {
    ByteBuffer requests =
        ByteBuffer.wrap(HEALTH.repeat(10_000).getBytes(StandardCharsets.US_ASCII));
    try (SocketChannel client =
        SocketChannel.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.http.port()))) {
      client.configureBlocking(false);
      long taken = 0;
      int refusals = 0;
      while (refusals < 500) {
        int written = client.write(requests.rewind());
        taken += written;
        assertThat(taken).as("bytes taken of a client that does not read").isLessThan(100_000_000);
        refusals = written == 0 ? refusals + 1 : 0;
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(written == 0 ? 1 : 0));
      }
    }

    assertThat(connect(1).get(0).send(HEALTH).reply().status()).isEqualTo(200);
  }

  private List<RawClient> connect(int count) throws IOException {
    List<RawClient> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      added.add(server.client());
    }
    clients.addAll(added);
    return added;
  }

  /** As many requests as there may be connections, all with the service. */
  private List<PuppetService.Held> holdAll() throws Exception {
    server.service.holding = true;
    List<PuppetService.Held> held = new ArrayList<>();
    for (RawClient client : connect(MOST)) {
      client.send(ONE_ROW);
    }
    for (int i = 0; i < MOST; i++) {
      held.add(server.service.held.take());
    }
    return held;
  }
}
