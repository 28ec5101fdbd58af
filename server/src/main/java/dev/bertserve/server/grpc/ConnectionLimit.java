package dev.bertserve.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.http.TransportParts;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Limits the connections of a listener. Above the limit, the oldest connections without an open
 * call are closed for new ones; if all have calls, a new connection is closed at once. Streams of
 * gRPC Java's services do not count as calls: anyone may keep them open for ever. Any thread.
 */
@ChannelHandler.Sharable
@SuppressWarnings("FutureReturnValueIgnored") // A failed close leaves the connection counted.
final class ConnectionLimit extends ChannelInboundHandlerAdapter {

  /** Part of the limit that is closed at a time, so that one search serves many new connections. */
  private static final int ROOM_PART = 64;

  private final int most;
  private final long takingNanos;
  private final OpenCalls calls;

  /** In the order in which they came. */
  @GuardedBy("this")
  private final Set<Channel> open = new LinkedHashSet<>();

  /** Each connection is closed that takes nothing from its socket for {@code takingNanos}. */
  ConnectionLimit(int most, long takingNanos, OpenCalls calls) {
    this.most = most;
    this.calls = calls;
    this.takingNanos = takingNanos;
  }

  /** Makes listeners that keep to the limit. */
  ChannelFactory<ServerChannel> listeners(TransportParts parts) {
    return () -> {
      ServerChannel listener = parts.newListener();
      listener.pipeline().addLast(this);
      return listener;
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    Channel connection = (Channel) accepted;
    if (!hasRoom(connection)) {
      connection.unsafe().closeForcibly();
      return;
    }
    connection.pipeline().addLast(new TakingWatch(takingNanos), new EarlyAnswers());
    connection.closeFuture().addListener(closed -> remove(connection));
    ctx.fireChannelRead(accepted);
  }

  /** Counts {@code connection}, unless there is no room and none can be made. */
  private boolean hasRoom(Channel connection) {
    List<Channel> idle = new ArrayList<>();
    synchronized (this) {
      if (open.size() >= most) {
        idle = oldestIdle();
        if (idle.isEmpty()) {
          return false;
        }
        idle.forEach(open::remove);
      }
      open.add(connection);
    }
    idle.forEach(one -> one.eventLoop().execute(() -> closeIfIdle(one)));
    return true;
  }

  @GuardedBy("this")
  private List<Channel> oldestIdle() {
    Set<SocketAddress> busy = calls.clients();
    return open.stream()
        .filter(connection -> !busy.contains(connection.remoteAddress()))
        .limit(1 + most / ROOM_PART)
        .toList();
  }

  /** Runs on the event loop of {@code connection}, which may have got a call since it was idle. */
  private void closeIfIdle(Channel connection) {
    if (!calls.clients().contains(connection.remoteAddress())) {
      sayGoAway(connection);
      // Not connection.close(), which waits up to 10 s for the client to answer a ping.
      connection.unsafe().close(connection.voidPromise());
      return;
    }
    synchronized (this) {
      open.add(connection);
    }
  }

  /** Tells the client that a call which it sends now was not seen, so that it sends it again. */
  private static void sayGoAway(Channel connection) {
    ChannelHandlerContext context = connection.pipeline().context(Http2ConnectionHandler.class);
    if (context == null) {
      return;
    }
    Http2ConnectionHandler calls = (Http2ConnectionHandler) context.handler();
    calls.goAway(
        context,
        calls.connection().remote().lastStreamCreated(),
        Http2Error.NO_ERROR.code(),
        Unpooled.EMPTY_BUFFER,
        context.newPromise());
    context.flush();
  }

  private synchronized void remove(Channel connection) {
    open.remove(connection);
  }
}
