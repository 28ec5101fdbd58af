package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplyEncoderTest {

  private static final Response RESPONSE = Response.json(Payload.whole(sink -> sink.write('7')));

  private final ServerParts parts =
      new ServerParts(
          HttpSettings.of("127.0.0.1", 0),
          Access.FREE,
          new Router(List.of()),
          new HttpMetrics(new MetricsPage()),
          new Connections(1),
          new ByteBound(1),
          new ByteBound(1),
          Runnable::run,
          new Failures(),
          () -> 0);

  private final ReplyEncoder encoder = new ReplyEncoder(parts.compressing());
  private final Exchange exchange =
      new Exchange(parts, UnpooledByteBufAllocator.DEFAULT, Connections.Admission.WHOLE, 0);

  @Test
  void encode_outOfDirectMemoryOnce_answers500() throws IOException {
    Reply reply = encoder.encode(RESPONSE, exchange, false, new Exhausted(1));

    assertThat(reply.status()).isEqualTo(500);
    ReferenceCountUtil.release(reply.message());
  }

  @Test
  void encode_outOfDirectMemoryForGood_throwsThat() {
    assertThatThrownBy(
            () -> encoder.encode(RESPONSE, exchange, false, new Exhausted(Integer.MAX_VALUE)))
        .isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void encode_noRoomForACompressor_isPlain() throws IOException {
    DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.headers().set("Host", "a").set("Accept-Encoding", "gzip");
    exchange.take(request);
    byte[] body = new byte[ReplyEncoder.MIN_GZIP_BYTES];

    Reply reply =
        encoder.encode(
            Response.json(Payload.whole(sink -> sink.write(body))),
            exchange,
            false,
            UnpooledByteBufAllocator.DEFAULT);

    assertThat(reply.message().headers().get("Content-Encoding")).isNull();
    assertThat(reply.message().headers().getInt("Content-Length")).isEqualTo(body.length);
    ReferenceCountUtil.release(reply.message());
    exchange.dropBody();
  }

  /** Has no memory for the first so many buffers. */
  private static final class Exhausted extends AbstractByteBufAllocator {
    private int failures;

    Exhausted(int failures) {
      super(false);
      this.failures = failures;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      if (failures-- > 0) {
        throw new OutOfMemoryError("direct memory");
      }
      return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      return newHeapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }
}
