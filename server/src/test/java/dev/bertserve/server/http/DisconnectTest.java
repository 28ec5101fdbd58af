package dev.bertserve.server.http;

import static dev.bertserve.server.http.TestServer.predict;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that leave, at every stage and in every manner: the next one is served, no buffer leaks.
 */
@Timeout(60)
final class DisconnectTest {

  private static final String ROW = predict("{\"instances\":[\"abc\"]}");
  private static final int TIMES = 20;
  private static final int COLLECTIONS = 10;
  private static final int ALLOCATIONS = 200;

  /** What a client has said before it leaves. */
  private enum Stage {
    NOTHING(""),
    HALF_A_LINE("POST /pre"),
    HALF_A_HEAD("POST /predict HTTP/1.1\r\nHost: a\r\nX: "),
    HEAD("POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"),
    EXPECTATION(
        "POST /predict HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"),
    HALF_A_BODY(
        "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n" + "x".repeat(50_000)),
    HALF_A_CHUNK(
        "POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"ins"),
    REQUEST(ROW),
    PIPELINED(ROW.repeat(5) + "POST /predict HTTP/1.1\r\nHost"),
    REFUSED("POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n{");

    final String said;

    Stage(String said) {
      this.said = said;
    }
  }

  private static final ConcurrentLinkedQueue<String> LEAKS = new ConcurrentLinkedQueue<>();
  private static ResourceLeakDetector.Level before;

  @BeforeAll
  static void watchLeaks() {
    before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> LEAKS.add(type + " " + records));
  }

  @AfterAll
  static void restore() {
    ByteBufUtil.setLeakListener(null);
    ResourceLeakDetector.setLevel(before);
  }

  @ParameterizedTest
  @EnumSource
  void client_closesOrResets_leavesNothingBehind(Stage stage) throws Exception {
    LEAKS.clear();
    try (TestServer server = new TestServer()) {
      for (int i = 0; i < TIMES; i++) {
        RawClient client = server.client().send(stage.said);
        if (i % 3 == 0) {
          client.close();
        } else if (i % 3 == 1) {
          client.abort();
        } else {
          client.endOutput().abort();
        }
      }
      assertServes(server);
    }
    assertNoLeaks();
  }

  @ParameterizedTest
  @EnumSource(names = {"REQUEST", "PIPELINED"})
  void client_leavesWhileItsRequestIsHeld_leavesNothingBehind(Stage stage) throws Exception {
    LEAKS.clear();
    try (TestServer server = new TestServer()) {
      for (int i = 0; i < TIMES; i++) {
        server.service.holding = true;
        RawClient client = server.client().send(stage.said);
        PuppetService.Held held = server.service.held.take();
        server.service.holding = false;
        if (i % 2 == 0) {
          client.abort();
        } else {
          client.close();
        }
        held.release();
      }
      assertServes(server);
    }
    assertNoLeaks();
  }

  @Test
  void client_resetsAmidALongAnswer_leavesNothingBehind() throws Exception {
    LEAKS.clear();
    String rows = predict("{\"instances\":[" + "\"\",".repeat(60_000) + "\"\"]}");
    try (TestServer server = new TestServer()) {
      for (int i = 0; i < TIMES; i++) {
        RawClient client = server.client().send(rows);
        assertThat(client.read(12)).isEqualTo("HTTP/1.1 200");
        client.abort();
      }
      assertServes(server);
    }
    assertNoLeaks();
  }

  @Test
  void client_resetsAmidALongCompressedAnswer_leavesNothingBehind() throws Exception {
    LEAKS.clear();
    String rows = predict("{\"instances\":[" + "\"\",".repeat(60_000) + "\"\"]}");
    String compressed = rows.replace("Host: a", "Host: a\r\nAccept-Encoding: gzip");
    try (TestServer server = new TestServer()) {
      for (int i = 0; i < TIMES; i++) {
        RawClient client = server.client().send(compressed);
        assertThat(client.read(12)).isEqualTo("HTTP/1.1 200");
        client.abort();
      }
      assertServes(server);
    }
    assertNoLeaks();
  }

  @Test
  void buffer_forgotten_isReported() {
    LEAKS.clear();
    forgetABuffer();

    collect(1);

    assertThat(LEAKS).isNotEmpty();
  }

  @SuppressWarnings("UnusedVariable") // That is the point.
  private static void forgetABuffer() {
    ByteBuf forgotten = new AdaptiveByteBufAllocator().buffer(100);
  }

  private static void assertServes(TestServer server) throws IOException {
    try (RawClient client = server.client()) {
      assertThat(client.send(ROW).reply().body()).isEqualTo("{\"predictions\":[[3.0]]}");
    }
  }

  private static void assertNoLeaks() {
    collect(0);
    assertThat(LEAKS).isEmpty();
  }

  /** Has the collector find what is forgotten, until {@code enough} leaks are there. */
  private static void collect(int enough) {
    AdaptiveByteBufAllocator allocator = new AdaptiveByteBufAllocator();
    for (int i = 0; i < COLLECTIONS && (i < 2 || LEAKS.size() < enough); i++) {
      System.gc();
      // The detector looks for what was collected when something is allocated.
      for (int k = 0; k < ALLOCATIONS; k++) {
        allocator.buffer(100).release();
      }
    }
  }
}
