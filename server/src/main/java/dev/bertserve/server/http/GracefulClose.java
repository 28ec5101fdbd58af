package dev.bertserve.server.http;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/** Closes a connection so that its client can read all that was sent. Event loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends the connection.
final class GracefulClose {

  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private GracefulClose() {}

  /**
   * Closes the sending side, with TLS's closure alert if there is TLS; then, after a while, all of
   * {@code channel}, so that a client that is still sending can read its response.
   */
  static void begin(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      ((DuplexChannel) channel).shutdownOutput();
    } else {
      tls.closeOutbound().addListener(sent -> ((DuplexChannel) channel).shutdownOutput());
    }
    channel.eventLoop().schedule(() -> channel.close(), LINGER_NANOS, TimeUnit.NANOSECONDS);
  }
}
