package dev.bertserve.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A predict route; each request takes a connection that is free, or a new one. One thread does all
 * of it, so that the client takes little of the machine that it measures.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes its channel, and is told there.
final class HttpTarget implements Target, AutoCloseable {

  private static final long TIMEOUT_SECONDS = 60;
  private static final int MOST_ANSWER_BYTES = 1 << 24;

  private final URI url;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Bootstrap bootstrap;

  /** The loop's own; the last used first. */
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();

  HttpTarget(URI url) {
    this.url = url;
    bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress(url.getHost(), url.getPort())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new HttpClientCodec(), new HttpObjectAggregator(MOST_ANSWER_BYTES))
                        .addLast(new Connection(channel));
                  }
                });
  }

  @Override
  public CompletableFuture<Reply> send(List<String> texts) {
    ByteBuf body = Unpooled.copiedBuffer(Json.instances(texts), StandardCharsets.UTF_8);
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, url.getPath(), body);
    request
        .headers()
        .set(HttpHeaderNames.HOST, url.getHost())
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    loop.execute(() -> ask(request, reply));
    return reply;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void ask(FullHttpRequest request, CompletableFuture<Reply> reply) {
    Connection free = idle.pollFirst();
    if (free != null) {
      free.ask(request, reply);
      return;
    }
    ChannelFuture connecting = bootstrap.connect();
    connecting.addListener(
        connected -> {
          if (connected.isSuccess()) {
            connecting.channel().pipeline().get(Connection.class).ask(request, reply);
          } else {
            request.release();
            reply.complete(new Reply(0, String.valueOf(connected.cause())));
          }
        });
  }

  /** One request at a time. */
  private final class Connection extends SimpleChannelInboundHandler<FullHttpResponse> {

    private final Channel channel;
    private @Nullable CompletableFuture<Reply> asked;

    Connection(Channel channel) {
      this.channel = channel;
    }

    void ask(FullHttpRequest request, CompletableFuture<Reply> reply) {
      asked = reply;
      reply.completeOnTimeout(new Reply(0, "no answer"), TIMEOUT_SECONDS, TimeUnit.SECONDS);
      channel.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      Reply answer =
          new Reply(response.status().code(), response.content().toString(StandardCharsets.UTF_8));
      if (HttpUtil.isKeepAlive(response)) {
        idle.addFirst(this);
      } else {
        channel.close();
      }
      answer(answer);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      idle.remove(this);
      answer(new Reply(0, "connection closed"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      answer(new Reply(0, String.valueOf(cause)));
      channel.close();
    }

    private void answer(Reply answer) {
      CompletableFuture<Reply> waiting = asked;
      asked = null;
      if (waiting != null) {
        waiting.complete(answer);
      }
    }
  }
}
