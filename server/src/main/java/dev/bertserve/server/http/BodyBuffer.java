package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.HttpFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * A request body, outside the heap. Allocates memory for the bytes that have arrived, not for the
 * announced length, and counts it until {@link #close}. One thread at a time.
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

  static HttpFailure tooLarge(int maxBodyBytes) {
    return new HttpFailure(
        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE.code(),
        "body: too large (expected: <= " + maxBodyBytes + " bytes)");
  }

  /** Copies all of {@code part}; throws {@link HttpFailure} if that exceeds a limit. */
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

  ByteBufAllocator allocator() {
    return allocator;
  }

  /** The whole body without a copy; valid until {@link #close}, to be released by the caller. */
  ByteBuf view() {
    ByteBuf[] parts = new ByteBuf[segments.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = segments.get(i).retainedDuplicate();
    }
    return Unpooled.wrappedBuffer(parts.length, parts);
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

  /** The first segment is not counted: the limit on connections bounds it. */
  private void grow() {
    int wanted = Math.min(Math.max(FIRST_CAPACITY, capacity), LAST_CAPACITY);
    int added = Math.min(wanted, limit - capacity);
    if (capacity > 0) {
      int bytes = counted == 0 ? capacity + added : added;
      if (!arriving.take(bytes)) {
        throw new HttpFailure(
            HttpResponseStatus.TOO_MANY_REQUESTS.code(),
            "body: too many are arriving (expected: fewer)");
      }
      counted += bytes;
    }
    segments.add(allocator.buffer(added, added));
    capacity += added;
  }
}
