package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.endpoint.Response;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * One connection: handles one request at a time, so responses are in order. Requests that arrive
 * meanwhile wait, and nothing more is read while some wait. Event loop only, except {@link #drain},
 * {@link #close}, {@link #closeIfQuiet} and the phase, which any thread may read.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends the connection.
final class HttpConnection extends ChannelInboundHandlerAdapter {

  private static final int CLIENT_GONE = 499;

  private final ServerParts parts;
  private final Channel channel;
  private final EarlyStatusLine earlyStatusLine;
  private final Dispatcher dispatcher;
  private final ReplyEncoder replies;
  private final ReplyWriter writer;
  private final Connections.Admission admission;
  private final Inbox inbox;
  private final PhaseClock phase;

  private Exchange exchange;
  private boolean inputEnded;

  HttpConnection(
      ServerParts parts,
      Channel channel,
      EarlyStatusLine earlyStatusLine,
      Connections.Admission admission) {
    this.parts = parts;
    this.admission = admission;
    this.channel = channel;
    this.earlyStatusLine = earlyStatusLine;
    this.phase = new PhaseClock(parts.clock());
    this.inbox = new Inbox(channel, phase::awaitsClient, this::take);
    this.exchange = newExchange();
    this.dispatcher = new Dispatcher(channel, parts, response -> respond(response, false));
    this.replies = new ReplyEncoder(parts.compressing());
    this.writer = new ReplyWriter(channel, parts, this::afterReply);
  }

  /** Bytes have arrived, perhaps not yet a complete head. */
  void bytesArrived() {
    if (phase.phase() == Phase.IDLE) {
      phase.enter(Phase.RECEIVING);
      exchange = newExchange();
    }
  }

  /** Closes the connection if it is idle after the grace period for one more request. */
  void drain() {
    long graceNanos = parts.settings().drainGrace().toNanos();
    channel.eventLoop().schedule(this::finishIfIdle, graceNanos, TimeUnit.NANOSECONDS);
  }

  void close() {
    channel.close();
  }

  /** Closes the connection, unless a request is in flight when the event loop runs this. */
  void closeIfQuiet() {
    channel
        .eventLoop()
        .execute(
            () -> {
              if (phase.awaitsClient()) {
                channel.close();
              }
            });
  }

  Connections.Admission admission() {
    return admission;
  }

  PhaseClock phase() {
    return phase;
  }

  /** Ends the connection if it has been in its phase for too long. */
  void checkTimeout() {
    if (!phase.isOverdue(parts.settings())) {
      return;
    }
    switch (phase.phase()) {
      case IDLE -> finish();
      case RECEIVING ->
          reject(
              new HttpFailure(
                  HttpResponseStatus.REQUEST_TIMEOUT.code(), "request: arrived too slowly"));
      case ANSWERING, WRITING, CLOSING -> channel.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    phase.enter(Phase.IDLE);
    parts.connections().add(this);
    if (parts.connections().draining()) {
      drain();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    parts.connections().remove(this);
    phase.enter(Phase.CLOSING);
    writer.drop();
    inbox.discard();
    exchange.dropBody();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (phase.phase() == Phase.CLOSING) {
      ReferenceCountUtil.release(message);
      return;
    }
    inbox.add((HttpObject) message);
  }

  /** Handles parts only here, so that a response knows whether more requests have arrived. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    pump();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      inputEnded = true;
      if (phase.phase() == Phase.ANSWERING) {
        earlyStatusLine.send(channel);
      }
      pump();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // What breaks the rules of TLS comes wrapped.
    giveUp(
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause);
  }

  private void giveUp(Throwable cause) {
    if (!(cause instanceof IOException)) {
      parts.failures().log(cause, "", parts.clock().getAsLong());
    }
    channel.close();
  }

  /** Handles waiting parts until a request is complete or none is left. */
  private void pump() {
    if (!inbox.handOver()) {
      return;
    }
    if (!inputEnded) {
      inbox.adjustReading();
    } else if (inbox.isEmpty()) {
      // Nothing is left to read; asking epoll for more would fail and close the connection.
      endInput();
    }
  }

  private void take(HttpObject part) {
    if (part instanceof HttpRequest) {
      bytesArrived();
    }
    try {
      boolean whole = exchange.take(part);
      if (part instanceof HttpRequest) {
        sayContinueIfExpected();
      }
      if (whole) {
        phase.enter(Phase.ANSWERING);
        dispatcher.dispatch(exchange, exchange.complete(() -> !channel.isActive()));
      }
    } catch (HttpFailure failure) {
      reject(failure);
    }
  }

  private void sayContinueIfExpected() {
    RequestHead begun = exchange.head();
    if (begun != null && begun.expectsContinue()) {
      channel.writeAndFlush(ReplyEncoder.continueResponse(), channel.voidPromise());
    }
  }

  /** Rejects a request that has not arrived completely. */
  private void reject(HttpFailure failure) {
    exchange.dropBody();
    respond(exchange.failed(failure), true);
  }

  private void respond(Response response, boolean fatal) {
    if (phase.phase() == Phase.CLOSING) {
      response.payload().close();
      exchange.record(CLIENT_GONE);
      return;
    }
    phase.enter(Phase.WRITING);
    boolean close = fatal || closesAfterResponse();
    Reply reply;
    try {
      reply = replies.encode(response, exchange, close, channel.alloc());
    } catch (IOException | RuntimeException | Error e) {
      response.payload().close();
      giveUp(e);
      return;
    }
    writer.send(reply);
  }

  private boolean closesAfterResponse() {
    RequestHead asked = exchange.head();
    boolean leaving = admission == Connections.Admission.SPARE || parts.connections().draining();
    boolean last = inbox.isEmpty() && (inputEnded || leaving);
    return last || asked == null || !asked.keepAlive();
  }

  private void afterReply(Reply reply, boolean whole) {
    exchange.record(whole ? reply.status() : CLIENT_GONE);
    if (!whole) {
      channel.close();
      return;
    }
    if (reply.closesConnection()) {
      finish();
      return;
    }
    phase.enter(Phase.IDLE);
    pump();
  }

  /** The client has closed its sending side, and all that it sent has been handled. */
  private void endInput() {
    if (phase.phase() == Phase.RECEIVING) {
      reject(new HttpFailure(HttpResponseStatus.BAD_REQUEST.code(), "request: ends too early"));
    } else if (phase.phase() == Phase.IDLE || phase.phase() == Phase.CLOSING) {
      channel.close();
    }
  }

  private void finishIfIdle() {
    if (phase.phase() == Phase.IDLE) {
      finish();
    }
  }

  /**
   * Closes the connection, the sending side first, so that a client that is still sending can read
   * its response.
   */
  private void finish() {
    phase.enter(Phase.CLOSING);
    inbox.discard();
    if (inputEnded) {
      channel.close();
      return;
    }
    inbox.adjustReading();
    GracefulClose.begin(channel);
  }

  private Exchange newExchange() {
    return new Exchange(parts, channel.alloc(), admission, parts.clock().getAsLong());
  }
}
