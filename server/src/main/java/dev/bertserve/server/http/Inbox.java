package dev.bertserve.server.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Parts of requests that a connection has received and not handled yet. Owns them. Nothing more is
 * read from the socket while some wait. Event loop only.
 */
final class Inbox {

  private final Channel channel;
  private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();

  Inbox(Channel channel) {
    this.channel = channel;
  }

  void add(HttpObject part) {
    waiting.add(part);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** The next part, to be released by the caller; null if none waits. */
  @Nullable HttpObject poll() {
    return waiting.poll();
  }

  /** Reads on from the socket if no part waits, and else pauses. */
  void adjustReading() {
    channel.config().setAutoRead(waiting.isEmpty());
  }

  /** Releases all parts. */
  void discard() {
    while (!waiting.isEmpty()) {
      ReferenceCountUtil.release(waiting.poll());
    }
  }
}
