package dev.bertserve.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Notifies a connection of bytes before they form a request. */
final class ArrivalWatch extends ChannelInboundHandlerAdapter {

  private final HttpConnection connection;

  ArrivalWatch(HttpConnection connection) {
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) {
    connection.bytesArrived();
    ctx.fireChannelRead(bytes);
  }
}
