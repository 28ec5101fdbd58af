package dev.bertserve.server.http;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.metrics.HttpMetrics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Serves the endpoints of a router over HTTP. Any thread. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends the connection.
public final class HttpServer implements AutoCloseable {

  private static final int BACKLOG = 1_024;
  private static final long CLOSE_MILLIS = 200;

  /** For some 128 compressed responses at a time; more are sent uncompressed. */
  private static final long MAX_COMPRESSING_BYTES = 32L * 1024 * 1024;

  /** Workers leave processors to event loops, so that health checks do not wait. */
  private static final int LOOPS_PER_WORKER = 2;

  private final Connections connections;
  private final EventLoopGroup acceptLoop = Transport.loops(1, "http-accept");
  private final EventLoopGroup loops;
  private final ExecutorService workers;
  private final TransportParts shared;
  private final Channel listener;
  private final AcceptWatch acceptWatch;
  private final Duration quiet;

  /** Listens at once; throws if the address is not available. */
  public HttpServer(HttpSettings settings, Access access, Router router, HttpMetrics metrics)
      throws IOException {
    connections = new Connections(settings.maxConnections());
    acceptWatch = new AcceptWatch(connections);
    quiet = settings.drainGrace();
    workers =
        Executors.newFixedThreadPool(
            Math.max(1, settings.eventLoops() / LOOPS_PER_WORKER),
            new DefaultThreadFactory("http-worker", true));
    loops = Transport.loops(settings.eventLoops(), "http-loop");
    shared =
        new TransportParts(
            loops, workers, new ByteBound(settings.maxArrivingBytes()), new Failures());
    ServerParts parts =
        new ServerParts(
            settings,
            access,
            router,
            metrics,
            connections,
            shared.arriving(),
            new ByteBound(MAX_COMPRESSING_BYTES),
            workers,
            shared.failures(),
            System::nanoTime);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(acceptLoop, loops)
            .channelFactory(Transport::newListener)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .handler(acceptWatch)
            .childHandler(new Pipeline(parts))
            .bind(new InetSocketAddress(settings.host(), settings.port()))
            .awaitUninterruptibly();
    listener = bound.channel();
    if (!bound.isSuccess()) {
      close();
      throw new IOException(
          "port: " + settings.port() + " (expected: free on " + settings.host() + ")",
          bound.cause());
    }
  }

  /** The port that it listens on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** What another transport uses too, until {@link #close}. */
  public TransportParts shared() {
    return shared;
  }

  /**
   * From now on each response closes its connection, and idle connections are closed. New
   * connections are still accepted and served.
   */
  public void drain() {
    connections.drain();
  }

  /**
   * Waits until no connection has come for a moment, for at most {@code limit}; then takes what the
   * kernel has connected, and closes the listener.
   */
  public void stopAccepting(Duration limit) throws InterruptedException {
    long endNanos = System.nanoTime() + limit.toNanos();
    acceptWatch.awaitQuiet(quiet.toNanos(), limit.toNanos());
    new Listener(listener).refuseNew(endNanos - System.nanoTime());
    closeListener();
  }

  /**
   * After {@link #stopAccepting}: waits until all responses are written and all connections closed;
   * returns false if {@code limit} passes first.
   */
  public boolean awaitIdle(Duration limit) throws InterruptedException {
    return connections.awaitNone(limit.toNanos());
  }

  /** Closes all connections without waiting for responses, and ends the threads. */
  @Override
  public void close() {
    closeListener();
    connections.closeAll();
    workers.shutdown();
    end(loops);
  }

  /** Ends the accepting thread too: on NIO the socket closes only with its selector. */
  private void closeListener() {
    listener.close().awaitUninterruptibly(CLOSE_MILLIS);
    end(acceptLoop);
  }

  /** Waits briefly: a busy thread must not delay the end of the process. */
  private static void end(EventLoopGroup group) {
    group
        .shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MILLIS);
  }

  /** The handlers between a socket and its {@link HttpConnection}. */
  private static final class Pipeline extends ChannelInitializer<Channel> {
    private final ServerParts parts;
    private final Optional<CurrentSslContext> tls;

    Pipeline(ServerParts parts) {
      this.parts = parts;
      this.tls =
          parts
              .access()
              .identity()
              .map(identity -> new CurrentSslContext(identity, Pipeline::withHttp1));
    }

    private static SslContextBuilder withHttp1(SslContextBuilder context) {
      return context.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              ApplicationProtocolConfig.Protocol.ALPN,
              ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
              ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
              ApplicationProtocolNames.HTTP_1_1));
    }

    @Override
    protected void initChannel(Channel channel) {
      tls.ifPresent(context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
      EarlyStatusLine earlyStatusLine = new EarlyStatusLine();
      HttpConnection connection =
          new HttpConnection(
              parts, channel, earlyStatusLine, channel.attr(AcceptWatch.ADMISSION).get());
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
