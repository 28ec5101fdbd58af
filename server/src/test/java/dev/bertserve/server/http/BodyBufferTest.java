package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bertserve.server.endpoint.HttpFailure;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BodyBufferTest {

  private static final int MAX_BODY_BYTES = 100_000;

  private final ByteBound arriving = new ByteBound(150_000);

  @Test
  void append_bodiesOfManyConnections_areBoundedTogether() {
    BodyBuffer first = filled(90_000);
    HttpFailure refusal = catchThrowableOfType(HttpFailure.class, () -> filled(90_000));

    assertThat(refusal.status()).isEqualTo(429);
    assertThat(refusal.headers()).containsEntry("Retry-After", "1");
    first.close();
    filled(90_000).close();
    assertThat(TakenBytes.of(arriving)).isZero();
  }

  @Test
  void append_fewKilobytes_areFree() {
    try (BodyBuffer body = filled(10_000)) {
      assertThat(body.bytes()).hasSize(10_000);
      assertThat(TakenBytes.of(arriving)).isZero();
    }
  }

  @Test
  void close_twice_givesBackOnce() {
    BodyBuffer body = filled(90_000);
    body.close();
    body.close();
    assertThat(TakenBytes.of(arriving)).isZero();
  }

  @Test
  void bytes_manyParts_areInOrder() {
    byte[] sent = new byte[MAX_BODY_BYTES];
    new Random(1).nextBytes(sent);
    try (BodyBuffer body =
        new BodyBuffer(sent.length, MAX_BODY_BYTES, UnpooledByteBufAllocator.DEFAULT, arriving)) {
      for (int at = 0; at < sent.length; at += 7_001) {
        int count = Math.min(7_001, sent.length - at);
        body.append(Unpooled.wrappedBuffer(sent, at, count));
      }
      assertThat(body.bytes()).isEqualTo(sent);
      assertThat(TakenBytes.of(arriving)).isEqualTo(sent.length);
    }
  }

  private BodyBuffer filled(int bytes) {
    BodyBuffer body =
        new BodyBuffer(-1, MAX_BODY_BYTES, UnpooledByteBufAllocator.DEFAULT, arriving);
    try {
      body.append(Unpooled.wrappedBuffer(new byte[bytes]));
    } catch (HttpFailure e) {
      body.close();
      throw e;
    }
    return body;
  }
}
