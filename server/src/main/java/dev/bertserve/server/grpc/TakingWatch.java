package dev.bertserve.server.grpc;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose client takes nothing from its socket for too long: a reset stream keeps
 * its response until the reset can be written. Event loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed close ends the connection too.
final class TakingWatch extends ChannelInboundHandlerAdapter {

  private final long limitNanos;
  private @Nullable ScheduledFuture<?> close;

  /** Comes first in its pipeline, so that its close is not that of gRPC Java, which waits. */
  TakingWatch(long limitNanos) {
    this.limitNanos = limitNanos;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    stop();
    if (!ctx.channel().isWritable()) {
      close = ctx.executor().schedule(() -> ctx.close(), limitNanos, TimeUnit.NANOSECONDS);
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stop();
    ctx.fireChannelInactive();
  }

  private void stop() {
    if (close != null) {
      close.cancel(false);
      close = null;
    }
  }
}
