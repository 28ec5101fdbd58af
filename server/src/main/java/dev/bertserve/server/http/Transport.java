package dev.bertserve.server.http;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The implementation of sockets: epoll if available, else NIO. */
final class Transport {

  private Transport() {}

  /** {@code count} loops, each a thread named after {@code role}. */
  static EventLoopGroup loops(int count, String role) {
    return new MultiThreadIoEventLoopGroup(
        count,
        new DefaultThreadFactory(role),
        Epoll.isAvailable() ? EpollLoop.newFactory() : NioIoHandler.newFactory());
  }

  static ServerChannel newListener() {
    return Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
  }
}
