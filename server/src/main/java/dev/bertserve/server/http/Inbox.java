package dev.bertserve.server.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Parts of requests that a connection has received and not handled yet. Owns them. Nothing more is
 * read from the socket while some wait. Event loop only.
 */
final class Inbox {

  private final Channel channel;
  private final BooleanSupplier ready;
  private final Consumer<HttpObject> handler;
  private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();

  private boolean handing;

  /** {@code handler} takes parts, which it does not release, while it is {@code ready}. */
  Inbox(Channel channel, BooleanSupplier ready, Consumer<HttpObject> handler) {
    this.channel = channel;
    this.ready = ready;
    this.handler = handler;
  }

  void add(HttpObject part) {
    waiting.add(part);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Hands over parts until none waits or the handler is not ready; false if it is in a call. */
  boolean handOver() {
    if (handing) {
      return false;
    }
    handing = true;
    while (ready.getAsBoolean() && !waiting.isEmpty()) {
      HttpObject next = waiting.poll();
      try {
        handler.accept(next);
      } finally {
        ReferenceCountUtil.release(next);
      }
    }
    handing = false;
    return true;
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
