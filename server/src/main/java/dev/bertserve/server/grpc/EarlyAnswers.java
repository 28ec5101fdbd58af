package dev.bertserve.server.grpc;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Resets each stream that is answered before its client has ended it. gRPC Java would keep it until
 * then, so a client could open streams without end. Event loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write ends the connection.
final class EarlyAnswers extends ChannelInboundHandlerAdapter {

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) {
    ChannelHandlerContext handler = ctx.pipeline().context(Http2ConnectionHandler.class);
    // With TLS it comes after the handshake.
    if (handler != null) {
      Http2ConnectionHandler calls = (Http2ConnectionHandler) handler.handler();
      calls.connection().addListener(new Resetting(handler, calls));
      ctx.pipeline().remove(this);
    }
    ctx.fireChannelRead(bytes);
  }

  private static final class Resetting extends Http2ConnectionAdapter {
    private final ChannelHandlerContext context;
    private final Http2ConnectionHandler calls;

    Resetting(ChannelHandlerContext context, Http2ConnectionHandler calls) {
      this.context = context;
      this.calls = calls;
    }

    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
      if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
        // Not before the answer is written.
        context.executor().execute(() -> reset(stream.id()));
      }
    }

    private void reset(int stream) {
      if (calls.connection().stream(stream) != null) {
        // With this code, clients keep the status of the answer.
        calls.resetStream(context, stream, Http2Error.NO_ERROR.code(), context.newPromise());
        context.flush();
      }
    }
  }
}
