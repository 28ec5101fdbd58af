package dev.bertserve.server.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections as they are accepted, so that none is missed when the listener closes. On the
 * accepting thread, save {@link #awaitQuiet}.
 */
final class AcceptWatch extends ChannelInboundHandlerAdapter {

  static final AttributeKey<Connections.Admission> ADMISSION =
      AttributeKey.valueOf(AcceptWatch.class, "admission");

  private final Connections connections;

  @GuardedBy("this")
  private @Nullable AcceptWindow window;

  AcceptWatch(Connections connections) {
    this.connections = connections;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    note();
    Channel channel = (Channel) message;
    Connections.Admission admission = connections.accepted();
    if (admission == Connections.Admission.REFUSED) {
      channel.unsafe().closeForcibly();
      return;
    }
    channel.attr(ADMISSION).set(admission);
    channel.closeFuture().addListener(closed -> connections.closed());
    ctx.fireChannelRead(message);
  }

  /** Waits until no connection has come for {@code quietNanos}, for {@code limitNanos} at most. */
  synchronized void awaitQuiet(long quietNanos, long limitNanos) throws InterruptedException {
    AcceptWindow open = new AcceptWindow(System.nanoTime(), quietNanos, limitNanos);
    window = open;
    for (long left = open.leftNanos(System.nanoTime());
        left > 0;
        left = open.leftNanos(System.nanoTime())) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private synchronized void note() {
    if (window != null) {
      window.accepted(System.nanoTime());
    }
  }
}
