package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One encoded response. Owns its payload, and closes it once. One thread.
 *
 * <p>A body of one piece is part of the message. Of a longer one the first piece is encoded; each
 * other one is encoded on request.
 */
final class Reply implements AutoCloseable {

  private final HttpResponse message;
  private final @Nullable HttpContent firstPiece;
  private final boolean closesConnection;
  private final Payload payload;
  private boolean closed;

  /** {@code firstPiece} is null if {@code message} is the whole response. */
  Reply(
      HttpResponse message,
      @Nullable HttpContent firstPiece,
      boolean closesConnection,
      Payload payload) {
    this.message = message;
    this.firstPiece = firstPiece;
    this.closesConnection = closesConnection;
    this.payload = payload;
  }

  HttpResponse message() {
    return message;
  }

  @Nullable HttpContent firstPiece() {
    return firstPiece;
  }

  int status() {
    return message.status().code();
  }

  boolean closesConnection() {
    return closesConnection;
  }

  /** Encodes the next piece; the last one is a {@code LastHttpContent}. */
  HttpContent nextPiece(ByteBufAllocator allocator) throws IOException {
    ByteBuf piece = allocator.buffer(Payload.PIECE_BYTES);
    try (ByteBufOutputStream sink = new ByteBufOutputStream(piece)) {
      return payload.writeTo(sink)
          ? new DefaultHttpContent(piece)
          : new DefaultLastHttpContent(piece);
    } catch (IOException | RuntimeException | Error e) {
      piece.release();
      throw e;
    }
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      payload.close();
    }
  }
}
