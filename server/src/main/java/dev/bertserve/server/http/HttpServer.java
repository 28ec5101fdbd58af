package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.metrics.HttpMetrics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Listens for HTTP and answers by a router. Any thread. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends the connection.
public final class HttpServer implements AutoCloseable {

  private static final int BACKLOG = 1_024;
  private static final long SHUTDOWN_SECONDS = 5;
  private static final AttributeKey<Connections.Admission> ADMISSION =
      AttributeKey.valueOf(HttpServer.class, "admission");

  private final Connections connections;
  private final EventLoopGroup acceptLoop = Transport.loops(1, "http-accept");
  private final EventLoopGroup loops;
  private final Channel listener;

  /** Listens at once; throws if the address cannot be had. */
  public HttpServer(HttpSettings settings, Router router, HttpMetrics metrics) throws IOException {
    connections = new Connections(settings.maxConnections());
    ServerParts parts =
        new ServerParts(
            settings,
            router,
            metrics,
            connections,
            new ByteBound(settings.maxArrivingBytes()),
            new ByteBound(settings.maxLeavingBytes()),
            new Failures(),
            System::nanoTime);
    loops = Transport.loops(settings.eventLoops(), "http-loop");
    ChannelFuture bound =
        new ServerBootstrap()
            .group(acceptLoop, loops)
            .channel(Transport.listenerType())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .handler(new AcceptWatch(connections))
            .childHandler(new Pipeline(parts))
            .bind(new InetSocketAddress(settings.host(), settings.port()))
            .awaitUninterruptibly();
    listener = bound.channel();
    if (!bound.isSuccess()) {
      stop(acceptLoop);
      stop(loops);
      throw new IOException(
          "port: " + settings.port() + " (expected: free on " + settings.host() + ")",
          bound.cause());
    }
  }

  /** The port that it listens on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /**
   * Takes no new connection. Requests that still come on open connections are answered; every
   * answer closes its connection, and so does idleness.
   */
  public void stopAccepting() {
    closeListener();
    connections.drain();
  }

  /**
   * After {@link #stopAccepting}: waits until all answers are written and all connections closed;
   * answers false if {@code limit} passes first.
   */
  public boolean awaitIdle(Duration limit) throws InterruptedException {
    return connections.awaitNone(limit.toNanos());
  }

  /** Closes whatever is open, without waiting for answers, and ends the threads. */
  @Override
  public void close() {
    closeListener();
    connections.closeAll();
    stop(loops);
  }

  /** Ends the accepting thread too: on NIO the socket closes only with its selector. */
  private void closeListener() {
    listener.close().awaitUninterruptibly();
    stop(acceptLoop);
  }

  private static void stop(EventLoopGroup group) {
    group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** Counts connections as they are accepted, so that none is missed when the listener closes. */
  private static final class AcceptWatch extends ChannelInboundHandlerAdapter {
    private final Connections connections;

    AcceptWatch(Connections connections) {
      this.connections = connections;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
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
  }

  /** What bytes go through between the socket and its {@link HttpConnection}. */
  private static final class Pipeline extends ChannelInitializer<Channel> {
    private final ServerParts parts;

    Pipeline(ServerParts parts) {
      this.parts = parts;
    }

    @Override
    protected void initChannel(Channel channel) {
      EarlyStatusLine earlyStatusLine = new EarlyStatusLine();
      HttpConnection connection =
          new HttpConnection(parts, channel, earlyStatusLine, channel.attr(ADMISSION).get());
      channel
          .pipeline()
          .addLast(
              new TimeoutWatch(connection, parts.settings()),
              new ArrivalWatch(connection),
              earlyStatusLine,
              new RequestDecoder(),
              new HttpResponseEncoder(),
              connection);
    }
  }
}
