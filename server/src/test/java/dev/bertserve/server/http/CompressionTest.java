package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.http.RawClient.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Compressed requests and responses over real sockets. */
@Timeout(30)
final class CompressionTest {

  private static final byte[] ROW = "{\"instances\":[\"abc\"]}".getBytes(StandardCharsets.UTF_8);
  private static final String SCORE = "{\"predictions\":[[3.0]]}";
  private static final String GET =
      "GET /puppet HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n";

  @AutoClose private final TestServer server = TestServer.start();
  private final PuppetEndpoint.Body body = server.puppet.body;

  @Test
  void request_gzipOrDeflate_isDecoded() throws IOException {
    try (RawClient client = server.client()) {
      assertThat(client.send(post("/predict", "gzip", Zipped.gzip(ROW))).reply().body())
          .isEqualTo(SCORE);
      assertThat(client.send(post("/predict", "X-GZIP", Zipped.gzip(ROW))).reply().body())
          .isEqualTo(SCORE);
      assertThat(client.send(post("/predict", "deflate", Zipped.deflate(ROW))).reply().body())
          .isEqualTo(SCORE);
      assertThat(client.send(post("/predict", "identity", ROW)).reply().body()).isEqualTo(SCORE);
    }
  }

  @Test
  void request_smallWhenDecoded_isHandledOnTheLoop() throws IOException {
    try (RawClient client = server.client()) {
      client.send(post("/puppet", "gzip", Zipped.bomb(Dispatcher.LARGE_BODY_BYTES))).reply();
      assertThat(server.puppet.received).hasSize(Dispatcher.LARGE_BODY_BYTES);
      assertThat(server.puppet.thread).startsWith("http-loop");
    }
  }

  @Test
  void request_largeWhenDecoded_isHandledOnAWorker() throws IOException {
    try (RawClient client = server.client()) {
      client.send(post("/puppet", "gzip", Zipped.bomb(Dispatcher.LARGE_BODY_BYTES + 1))).reply();
      assertThat(server.puppet.received).hasSize(Dispatcher.LARGE_BODY_BYTES + 1);
      assertThat(server.puppet.thread).startsWith("http-worker");
    }
  }

  @Test
  void request_atTheLimitWhenDecoded_isHandled() throws IOException {
    try (RawClient client = server.client()) {
      byte[] body = Zipped.bomb(TestServer.MAX_BODY_BYTES);
      assertThat(client.send(post("/puppet", "gzip", body)).reply().status()).isEqualTo(200);
      assertThat(server.puppet.received).hasSize(TestServer.MAX_BODY_BYTES);
    }
  }

  @Test
  void request_bomb_is413AndTheConnectionServesOn() throws IOException {
    try (RawClient client = server.client()) {
      Reply reply = client.send(post("/predict", "gzip", Zipped.bomb(50_000_000))).reply();
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.body())
          .isEqualTo("{\"error\":\"body: too large (expected: <= 1000000 bytes)\"}");
      assertThat(client.send(post("/predict", "gzip", Zipped.gzip(ROW))).reply().body())
          .isEqualTo(SCORE);
    }
  }

  @Test
  void request_cutOffOrFollowedByMore_is400() throws IOException {
    byte[] gzip = Zipped.gzip(ROW);
    try (RawClient client = server.client()) {
      for (int length : new int[] {gzip.length - 1, gzip.length + 1}) {
        Reply reply = client.send(post("/predict", "gzip", Arrays.copyOf(gzip, length))).reply();
        assertThat(reply.status()).isEqualTo(400);
      }
      byte[] large = Zipped.bomb(500_000);
      byte[] cut = Arrays.copyOf(large, large.length - 1);
      assertThat(client.send(post("/predict", "gzip", cut)).reply().status()).isEqualTo(400);
    }
  }

  @Test
  void response_large_isCompressedIfAskedFor() throws IOException {
    body.piece = text(ReplyEncoder.MIN_GZIP_BYTES);
    try (RawClient client = server.client()) {
      Reply reply = client.send(GET).reply();
      assertThat(reply.header("content-encoding")).isEqualTo("gzip");
      assertThat(reply.header("vary")).isEqualToIgnoringCase("accept-encoding");
      assertThat(reply.header("content-length")).isEqualTo(reply.bytes().length + "");
      assertThat(Zipped.gunzip(reply.bytes())).isEqualTo(body.piece);
      assertThat(reply.bytes().length).isLessThan(body.piece.length);
      Reply head = client.send(GET.replace("GET", "HEAD")).replyToHead();
      assertThat(head.headers()).isEqualTo(reply.headers());
    }
  }

  @Test
  void response_largeAndNotAskedFor_isPlainAndVaries() throws IOException {
    body.piece = text(ReplyEncoder.MIN_GZIP_BYTES);
    try (RawClient client = server.client()) {
      for (String accepted : new String[] {"identity", "deflate", "gzip;q=0"}) {
        Reply reply = client.send(GET.replace("Encoding: gzip", "Encoding: " + accepted)).reply();
        assertThat(reply.header("content-encoding")).isEmpty();
        assertThat(reply.header("vary")).isEqualToIgnoringCase("accept-encoding");
        assertThat(reply.bytes()).isEqualTo(body.piece);
      }
    }
  }

  @Test
  void response_small_isPlain() throws IOException {
    body.piece = text(ReplyEncoder.MIN_GZIP_BYTES - 1);
    try (RawClient client = server.client()) {
      Reply reply = client.send(GET).reply();
      assertThat(reply.header("content-encoding") + reply.header("vary")).isEmpty();
      assertThat(reply.bytes()).isEqualTo(body.piece);
    }
  }

  @Test
  void response_ofManyPieces_isOneCompressedStreamAndClosedOnce() throws IOException {
    body.piece = text(Payload.PIECE_BYTES);
    body.pieces = 7;
    try (RawClient client = server.client()) {
      Reply reply = client.send(GET).reply();
      assertThat(reply.header("content-length")).isEmpty();
      assertThat(reply.header("content-encoding")).isEqualTo("gzip");
      byte[] plain = Zipped.gunzip(reply.bytes());
      assertThat(plain).hasSize(7 * Payload.PIECE_BYTES);
      assertThat(Arrays.copyOfRange(plain, 6 * Payload.PIECE_BYTES, plain.length))
          .isEqualTo(body.piece);
      client.send(GET.replace("GET", "HEAD"));
      assertThat(client.replyToHead().header("content-encoding")).isEqualTo("gzip");
      assertThat(client.send(post("/predict", "gzip", Zipped.gzip(ROW))).reply().body())
          .isEqualTo(SCORE);
      assertThat(body.closes).hasValue(2);
    }
  }

  @Test
  void responses_manyAfterEachOther_keepOnBeingCompressed() throws IOException {
    body.piece = text(ReplyEncoder.MIN_GZIP_BYTES);
    try (RawClient client = server.client()) {
      for (int i = 0; i < 300; i++) {
        assertThat(client.send(GET).reply().header("content-encoding")).isEqualTo("gzip");
      }
    }
  }

  /** Text that gzip makes smaller. */
  private static byte[] text(int bytes) {
    return "0.123, 0.456, ".repeat(bytes).substring(0, bytes).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] post(String path, String coding, byte[] body) {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    String head =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: a\r\nContent-Encoding: "
            + coding
            + "\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body);
    return request.toByteArray();
  }
}
