package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ListenerTest {

  private static final int CLIENTS = 100;

  private final EventLoopGroup loops = Transport.loops(1, "test-loop");
  private Channel channel;
  private int port;

  @BeforeEach
  void listen() {
    Assumptions.assumeTrue(Epoll.isAvailable());
    channel =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(Transport::newListener)
            .option(ChannelOption.SO_BACKLOG, 2 * CLIENTS)
            .option(ChannelOption.AUTO_READ, false)
            .childHandler(new Greeting())
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    port = ((InetSocketAddress) channel.localAddress()).getPort();
  }

  @AfterEach
  void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void refuseNew_backlogIsFull_allAreAcceptedBeforeItReturns() throws Exception {
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    Thread accepting = new Thread(() -> channel.config().setAutoRead(true), "accepting");
    accepting.start();
    new Listener(channel).refuseNew(TimeUnit.SECONDS.toNanos(10));
    channel.close().sync();

    for (Socket client : clients) {
      byte[] greeting = client.getInputStream().readNBytes(2);
      assertThat(new String(greeting, StandardCharsets.US_ASCII)).isEqualTo("hi");
      client.close();
    }
    accepting.join();
  }

  @Test
  void refuseNew_backlogStays_returnsAfterItsLimit() throws Exception {
    try (Socket waiting = new Socket(InetAddress.getLoopbackAddress(), port)) {
      new Listener(channel).refuseNew(TimeUnit.MILLISECONDS.toNanos(50));

      assertThat(waiting.isConnected()).isTrue();
    }
  }

  @Test
  void refuseNew_connectedClients_areStillHeardAndNewOnesAreNot() throws Exception {
    channel.config().setAutoRead(true);
    try (Socket connected = new Socket(InetAddress.getLoopbackAddress(), port);
        Socket late = new Socket()) {
      connected.getInputStream().readNBytes(2);
      new Listener(channel).refuseNew(0);

      assertThatThrownBy(
              () ->
                  late.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200))
          .isInstanceOf(IOException.class);
      connected.getOutputStream().write('x');
      assertThat(connected.getInputStream().read()).isEqualTo('x');
    }
  }

  /** Says hi, and repeats what it hears. */
  @ChannelHandler.Sharable
  @SuppressWarnings("FutureReturnValueIgnored") // The client notices.
  private static final class Greeting extends ChannelInboundHandlerAdapter {

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(Unpooled.copiedBuffer("hi", StandardCharsets.US_ASCII), ctx.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message, ctx.voidPromise());
    }
  }
}
