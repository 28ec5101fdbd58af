package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

final class BodyBufferTest {

  private static final int MAX_BODY_BYTES = 100_000;

  private final ByteBound arriving = new ByteBound(150_000);

  @Test
  void append_bodiesOfManyConnections_areBoundedTogether() {
    BodyBuffer first = filled(90_000);
    HttpFault refusal = catchThrowableOfType(HttpFault.class, () -> filled(90_000));

    assertThat(refusal.status()).isEqualTo(429);
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    first.close();
    filled(90_000).close();
    assertThat(arriving.taken()).isZero();
  }

  @Test
  void append_fewKilobytes_areFree() {
    assertThat(filled(10_000).bytes()).hasSize(10_000);
    assertThat(arriving.taken()).isZero();
  }

  @Test
  void close_twice_givesBackOnce() {
    BodyBuffer body = filled(90_000);
    body.close();
    body.close();
    assertThat(arriving.taken()).isZero();
  }

  private BodyBuffer filled(int bytes) {
    BodyBuffer body = new BodyBuffer(-1, MAX_BODY_BYTES, arriving);
    body.append(Unpooled.wrappedBuffer(new byte[bytes]));
    return body;
  }
}
