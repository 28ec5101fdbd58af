package dev.bertserve.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks the timeouts of a connection while it is open, twice within the shortest one, so that a
 * timeout is exceeded by half at most.
 */
final class TimeoutWatch extends ChannelInboundHandlerAdapter {

  private final HttpConnection connection;
  private final long periodNanos;
  private @Nullable ScheduledFuture<?> check;

  TimeoutWatch(HttpConnection connection, HttpSettings settings) {
    this.connection = connection;
    long shortest = Math.min(settings.idleTimeout().toNanos(), settings.requestTimeout().toNanos());
    this.periodNanos = Math.max(1, shortest / 2);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    check =
        ctx.executor()
            .scheduleWithFixedDelay(
                connection::checkTimeout, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (check != null) {
      check.cancel(false);
    }
    ctx.fireChannelInactive();
  }
}
