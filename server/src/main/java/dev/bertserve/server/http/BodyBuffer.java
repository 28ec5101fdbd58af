package dev.bertserve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * A request body as it arrives. Takes memory for what has come, not for what was announced, outside
 * the heap, and counts it until {@link #close}. One thread at a time.
 */
final class BodyBuffer implements AutoCloseable {

  private static final int FIRST_CAPACITY = 16 * 1024;
  private static final int LAST_CAPACITY = 256 * 1024;

  private final int limit;
  private final int maxBodyBytes;
  private final ByteBufAllocator allocator;
  private final ByteBound arriving;
  private final List<ByteBuf> segments = new ArrayList<>();
  private int length;
  private int capacity;
  private int counted;

  /** {@code contentLength} is -1 if unknown, and at most {@code maxBodyBytes}. */
  BodyBuffer(long contentLength, int maxBodyBytes, ByteBufAllocator allocator, ByteBound arriving) {
    this.maxBodyBytes = maxBodyBytes;
    this.allocator = allocator;
    this.arriving = arriving;
    this.limit = contentLength < 0 ? maxBodyBytes : (int) contentLength;
  }

  static HttpFault tooLarge(int maxBodyBytes) {
    return new HttpFault(
        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
        "body: too large (expected: <= " + maxBodyBytes + " bytes)");
  }

  /** Takes all of {@code part}; throws {@link HttpFault} if that is too much. */
  void append(ByteBuf part) {
    if (part.readableBytes() > limit - length) {
      throw tooLarge(maxBodyBytes);
    }
    while (part.isReadable()) {
      if (length == capacity) {
        grow();
      }
      int added = Math.min(part.readableBytes(), capacity - length);
      segments.get(segments.size() - 1).writeBytes(part, added);
      length += added;
    }
  }

  int length() {
    return length;
  }

  /** A copy of the whole body. */
  byte[] bytes() {
    byte[] bytes = new byte[length];
    int at = 0;
    for (ByteBuf segment : segments) {
      int count = segment.readableBytes();
      segment.getBytes(segment.readerIndex(), bytes, at, count);
      at += count;
    }
    return bytes;
  }

  @Override
  public void close() {
    segments.forEach(ByteBuf::release);
    segments.clear();
    arriving.giveBack(counted);
    counted = 0;
  }

  /** The first few kilobytes are free: as many connections may be open. */
  private void grow() {
    int wanted = Math.min(Math.max(FIRST_CAPACITY, capacity), LAST_CAPACITY);
    int added = Math.min(wanted, limit - capacity);
    if (capacity > 0) {
      int bytes = counted == 0 ? capacity + added : added;
      if (!arriving.take(bytes)) {
        throw new HttpFault(
            HttpResponseStatus.TOO_MANY_REQUESTS, "body: too many are arriving (expected: fewer)");
      }
      counted += bytes;
    }
    segments.add(allocator.buffer(added, added));
    capacity += added;
  }
}
