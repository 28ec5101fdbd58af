package dev.bertserve.server.http;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.util.concurrent.Executor;

/**
 * Parts of the HTTP server that another transport of the process uses too.
 *
 * @param loops serve connections
 * @param workers run endpoints on large bodies
 * @param arriving bounds the memory of what arrives
 * @param failures logs what is the server's fault
 */
public record TransportParts(
    EventLoopGroup loops, Executor workers, ByteBound arriving, Failures failures) {

  /** A loop that accepts connections; its threads are named after {@code role}. */
  public EventLoopGroup acceptLoop(String role) {
    return Transport.loops(1, role);
  }

  /** A new listener for the loops, not bound yet. */
  public ServerChannel newListener() {
    return Transport.newListener();
  }
}
