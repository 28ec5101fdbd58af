package dev.bertserve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Arrays;

/**
 * A request body as it arrives; takes memory for what has come, not for what was announced, and
 * counts it until {@link #close}.
 */
final class BodyBuffer implements AutoCloseable {

  private static final int FIRST_CAPACITY = 16 * 1024;

  private final int limit;
  private final int maxBodyBytes;
  private final ByteBound arriving;
  private byte[] bytes;
  private int length;
  private int counted;

  /** {@code contentLength} is -1 if unknown, and at most {@code maxBodyBytes}. */
  BodyBuffer(long contentLength, int maxBodyBytes, ByteBound arriving) {
    this.maxBodyBytes = maxBodyBytes;
    this.arriving = arriving;
    this.limit = contentLength < 0 ? maxBodyBytes : (int) contentLength;
    this.bytes = new byte[Math.min(limit, FIRST_CAPACITY)];
  }

  static HttpFault tooLarge(int maxBodyBytes) {
    return new HttpFault(
        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
        "body: too large (expected: <= " + maxBodyBytes + " bytes)");
  }

  /** Takes all of {@code part}; throws {@link HttpFault} if that is too much. */
  void append(ByteBuf part) {
    int added = part.readableBytes();
    if (added > limit - length) {
      throw tooLarge(maxBodyBytes);
    }
    int needed = length + added;
    if (needed > bytes.length) {
      int doubled = (int) Math.min(limit, 2L * bytes.length);
      grow(Math.max(needed, doubled));
    }
    part.readBytes(bytes, length, added);
    length = needed;
  }

  @Override
  public void close() {
    arriving.giveBack(counted);
    counted = 0;
  }

  /** The first few kilobytes are free: as many connections may be open. */
  private void grow(int capacity) {
    if (!arriving.take(capacity - counted)) {
      throw new HttpFault(
          HttpResponseStatus.TOO_MANY_REQUESTS, "body: too many are arriving (expected: fewer)");
    }
    counted = capacity;
    bytes = Arrays.copyOf(bytes, capacity);
  }

  /** The whole body; the buffer must not be used after. */
  byte[] bytes() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }
}
