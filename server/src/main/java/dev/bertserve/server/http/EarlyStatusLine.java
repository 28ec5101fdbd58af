package dev.bertserve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Sends the first word of the status line before the response is known. A client that has only
 * closed its sending side accepts it. A client that has disconnected answers the first half with a
 * reset, so the second half fails and the channel closes. Nothing else tells the two apart.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write closes the channel.
final class EarlyStatusLine extends ChannelOutboundHandlerAdapter {

  private static final byte[] START = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);
  private static final int FIRST_HALF = 4;
  private static final long PAUSE_MILLIS = 100;

  /** Bytes of the next response that are already sent. */
  private int sent;

  /** Sends the start of the next response, which then omits it. */
  void send(Channel channel) {
    ChannelHandlerContext ctx = channel.pipeline().context(this);
    if (sent > 0 || ctx == null) {
      return;
    }
    sendUpTo(FIRST_HALF, ctx);
    ctx.executor().schedule(() -> sendRest(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (sent > 0 && message instanceof ByteBuf bytes) {
      bytes.skipBytes(sent);
      sent = 0;
    }
    ctx.write(message, promise);
  }

  private void sendRest(ChannelHandlerContext ctx) {
    if (sent == FIRST_HALF) {
      sendUpTo(START.length, ctx);
    }
  }

  private void sendUpTo(int end, ChannelHandlerContext ctx) {
    ctx.writeAndFlush(Unpooled.wrappedBuffer(START, sent, end - sent), ctx.voidPromise());
    sent = end;
  }
}
