package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Request;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A request that has arrived completely. Owns its body until it is opened or closed. One thread at
 * a time.
 */
final class CompleteRequest implements AutoCloseable {

  private final RequestHead head;
  private final Map<String, String> pathValues;
  private final int maxBodyBytes;
  private final long arrivedNanos;
  private final BooleanSupplier abandoned;
  private BodyBuffer body;
  private ContentCoding coding;

  CompleteRequest(
      RequestHead head,
      Map<String, String> pathValues,
      BodyBuffer body,
      int maxBodyBytes,
      long arrivedNanos,
      BooleanSupplier abandoned) {
    this.head = head;
    this.pathValues = pathValues;
    this.body = body;
    this.maxBodyBytes = maxBodyBytes;
    this.arrivedNanos = arrivedNanos;
    this.abandoned = abandoned;
    // There is nothing to decode in a body that is missing.
    this.coding = body.length() == 0 ? ContentCoding.IDENTITY : head.coding();
  }

  RequestHead head() {
    return head;
  }

  /**
   * Decodes the body unless it exceeds {@code maxBytes} before or after that; returns whether it is
   * decoded. Takes the time of {@code maxBytes} at most. Throws 400 if it cannot be decoded.
   */
  boolean decode(int maxBytes) {
    if (body.length() > maxBytes) {
      return false;
    }
    if (coding == ContentCoding.IDENTITY) {
      return true;
    }
    BodyBuffer decoded = BodyDecoder.decode(body, coding, maxBytes);
    if (decoded == null) {
      return false;
    }
    body.close();
    body = decoded;
    coding = ContentCoding.IDENTITY;
    return true;
  }

  /** Copies the decoded body to the heap and frees the memory that it arrived in. */
  Request open() {
    if (!decode(maxBodyBytes)) {
      throw BodyBuffer.tooLarge(maxBodyBytes);
    }
    byte[] bytes = body.bytes();
    body.close();
    return new Request(
        head.method(), head.path(), pathValues, head::header, bytes, arrivedNanos, abandoned);
  }

  @Override
  public void close() {
    body.close();
  }
}
