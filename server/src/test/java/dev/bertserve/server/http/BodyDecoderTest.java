package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bertserve.server.endpoint.HttpFailure;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Compressed bodies decoded under a limit, with all memory counted. */
final class BodyDecoderTest {

  private static final int LIMIT = 100_000;

  private final CountingAllocator allocator = new CountingAllocator();

  @AfterEach
  void allMemory_isFreed() {
    assertThat(allocator.held()).isZero();
  }

  @Test
  void decode_gzipOfRandomBytes_isTheOriginal() {
    byte[] plain = new byte[LIMIT];
    new Random(3).nextBytes(plain);
    assertThat(decoded(ContentCoding.GZIP, Zipped.gzip(plain))).isEqualTo(plain);
    assertThat(decoded(ContentCoding.DEFLATE, Zipped.deflate(plain))).isEqualTo(plain);
  }

  @Test
  void decode_empty_isEmpty() {
    assertThat(decoded(ContentCoding.GZIP, Zipped.gzip(new byte[0]))).isEmpty();
    assertThat(decoded(ContentCoding.DEFLATE, Zipped.deflate(new byte[0]))).isEmpty();
  }

  @Test
  void decode_bomb_stopsAtTheLimitWithFlatMemory() {
    byte[] bomb = Zipped.bomb(30_000_000);
    try (BodyBuffer body = body(bomb)) {
      long before = allocator.held();
      assertThat(BodyDecoder.decode(body, ContentCoding.GZIP, LIMIT)).isNull();
      assertThat(allocator.most() - before).isLessThanOrEqualTo(LIMIT);
    }
  }

  @Test
  void decode_oneByteOverTheLimit_isTooMuch() {
    try (BodyBuffer body = body(Zipped.bomb(LIMIT + 1))) {
      assertThat(BodyDecoder.decode(body, ContentCoding.GZIP, LIMIT)).isNull();
    }
  }

  @Test
  void decode_cutOffAnywhere_is400() {
    byte[] gzip = withAllHeaderFields();
    byte[] zlib = Zipped.deflate("some text, and some text".getBytes(StandardCharsets.UTF_8));
    for (int length = 1; length < gzip.length; length++) {
      assertBad(ContentCoding.GZIP, Arrays.copyOf(gzip, length));
    }
    for (int length = 1; length < zlib.length; length++) {
      assertBad(ContentCoding.DEFLATE, Arrays.copyOf(zlib, length));
    }
  }

  @Test
  void decode_allHeaderFields_areSkipped() {
    assertThat(decoded(ContentCoding.GZIP, withAllHeaderFields())).hasSize(1_000);
  }

  @Test
  void decode_anyByteOfDataOrTrailerChanged_is400() {
    byte[] gzip = Zipped.gzip("some text, and some text".getBytes(StandardCharsets.UTF_8));
    for (int at = 10; at < gzip.length; at++) {
      byte[] changed = gzip.clone();
      changed[at] ^= 0x10;
      assertBad(ContentCoding.GZIP, changed);
    }
  }

  @Test
  void decode_bytesAfterTheEnd_is400() {
    byte[] gzip = Zipped.gzip(new byte[] {1, 2, 3});
    assertBad(ContentCoding.GZIP, Arrays.copyOf(gzip, gzip.length + 1));
    byte[] twoMembers = Arrays.copyOf(gzip, 2 * gzip.length);
    System.arraycopy(gzip, 0, twoMembers, gzip.length, gzip.length);
    assertBad(ContentCoding.GZIP, twoMembers);
    byte[] zlib = Zipped.deflate(new byte[] {1, 2, 3});
    assertBad(ContentCoding.DEFLATE, Arrays.copyOf(zlib, zlib.length + 1));
  }

  @Test
  void decode_wrongFormat_is400() {
    assertBad(ContentCoding.GZIP, Zipped.deflate(new byte[100]));
    assertBad(ContentCoding.DEFLATE, Zipped.gzip(new byte[100]));
  }

  private void assertBad(ContentCoding coding, byte[] encoded) {
    HttpFailure failure = catchThrowableOfType(HttpFailure.class, () -> decoded(coding, encoded));
    assertThat(failure).as(Arrays.toString(encoded)).isNotNull();
    assertThat(failure.status()).isEqualTo(400);
  }

  private byte[] decoded(ContentCoding coding, byte[] encoded) {
    try (BodyBuffer body = body(encoded);
        BodyBuffer decoded = BodyDecoder.decode(body, coding, LIMIT)) {
      return decoded.bytes();
    }
  }

  private BodyBuffer body(byte[] encoded) {
    BodyBuffer body =
        new BodyBuffer(encoded.length, encoded.length, allocator, new ByteBound(encoded.length));
    body.append(Unpooled.wrappedBuffer(encoded));
    return body;
  }

  /** A thousand zeros after a header with extra field, name, comment and checksum. */
  private static byte[] withAllHeaderFields() {
    byte[] plain = Zipped.gzip(new byte[1_000]);
    byte[] fields = {3, 0, 'a', 'b', 'c', 'n', 0, 'c', 'c', 0, 7, 7};
    byte[] all = new byte[plain.length + fields.length];
    System.arraycopy(plain, 0, all, 0, 10);
    all[3] = 0x1E;
    System.arraycopy(fields, 0, all, 10, fields.length);
    System.arraycopy(plain, 10, all, 10 + fields.length, plain.length - 10);
    return all;
  }

  /** Counts the bytes of buffers that are not released. */
  private static final class CountingAllocator extends AbstractByteBufAllocator {
    private final UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(false, true);
    private long most;

    CountingAllocator() {
      super(false);
    }

    long held() {
      return buffers.metric().usedHeapMemory();
    }

    long most() {
      return most;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      ByteBuf buffer = buffers.heapBuffer(initialCapacity, maxCapacity);
      most = Math.max(most, held());
      return buffer;
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
