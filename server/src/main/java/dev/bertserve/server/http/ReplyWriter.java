package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Payload;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends one reply at a time. The next piece of a long one is encoded when the socket has taken the
 * last, so that a connection holds one piece of about {@link Payload#PIECE_BYTES}. Event loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write ends the reply.
final class ReplyWriter {

  /** Called once for each reply, with whether all of it was written. */
  interface Outcome {
    void sent(Reply reply, boolean whole);
  }

  private final Channel channel;
  private final ServerParts parts;
  private final Outcome outcome;
  private @Nullable Reply current;

  ReplyWriter(Channel channel, ServerParts parts, Outcome outcome) {
    this.channel = channel;
    this.parts = parts;
    this.outcome = outcome;
  }

  /** Takes ownership of {@code reply}; the one before must have been sent. */
  void send(Reply reply) {
    current = reply;
    HttpContent firstPiece = reply.firstPiece();
    if (firstPiece == null) {
      channel
          .writeAndFlush(reply.message())
          .addListener(written -> end(reply, written.isSuccess()));
      return;
    }
    channel.write(reply.message());
    sendPiece(reply, firstPiece);
  }

  /** Drops the current reply, because the connection has closed. */
  void drop() {
    if (current != null) {
      end(current, false);
    }
  }

  private void sendPiece(Reply reply, HttpContent piece) {
    boolean last = piece instanceof LastHttpContent;
    channel
        .writeAndFlush(piece)
        .addListener(
            written -> {
              if (last || !written.isSuccess()) {
                end(reply, written.isSuccess());
                return;
              }
              // Unlike executed tasks, scheduled ones give other sockets a turn in between.
              channel.eventLoop().schedule(() -> sendNext(reply), 1, TimeUnit.NANOSECONDS);
            });
  }

  private void sendNext(Reply reply) {
    if (reply.isClosed()) {
      return;
    }
    HttpContent piece;
    try {
      piece = reply.nextPiece(channel.alloc());
    } catch (IOException | RuntimeException | Error e) {
      // The status has been sent, so only the end of the connection can tell the client.
      parts.failures().log(e, "", parts.clock().getAsLong());
      end(reply, false);
      return;
    }
    sendPiece(reply, piece);
  }

  private void end(Reply reply, boolean whole) {
    if (reply.isClosed()) {
      return;
    }
    current = null;
    reply.close();
    outcome.sent(reply, whole);
  }
}
