package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Response;
import dev.bertserve.server.endpoint.Route;
import dev.bertserve.server.failure.ServingException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: takes one request at a time and answers in order. What arrives meanwhile waits,
 * and nothing more is read while something waits. Runs on its event loop alone, save {@link
 * #drain}, {@link #close}, {@link #closeIfQuiet} and its phase, which any thread may ask.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends the connection.
final class HttpConnection extends ChannelInboundHandlerAdapter {

  private static final String NO_ROUTE = "unknown";
  private static final int CLIENT_GONE = 499;
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final ServerParts parts;
  private final Channel channel;
  private final EarlyStatusLine earlyStatusLine;
  private final RequestIntake intake;
  private final Dispatcher dispatcher;
  private final ReplyEncoder replies;
  private final ReplyWriter writer;
  private final Connections.Admission admission;
  private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();

  /** Both are written by the event loop alone. */
  private volatile Phase phase = Phase.IDLE;

  private volatile long phaseSinceNanos;
  private long requestSinceNanos;
  private boolean pumping;
  private boolean inputEnded;
  private String routeName = NO_ROUTE;

  HttpConnection(
      ServerParts parts,
      Channel channel,
      EarlyStatusLine earlyStatusLine,
      Connections.Admission admission) {
    this.parts = parts;
    this.admission = admission;
    this.channel = channel;
    this.earlyStatusLine = earlyStatusLine;
    this.intake =
        new RequestIntake(parts.settings().maxBodyBytes(), channel.alloc(), parts.arriving());
    this.dispatcher = new Dispatcher(channel, parts.workers(), this::answer);
    this.replies = new ReplyEncoder(parts);
    this.writer = new ReplyWriter(channel, parts, this::afterReply);
  }

  /** Some bytes have arrived, perhaps not yet a whole head. */
  void bytesArrived() {
    if (phase == Phase.IDLE) {
      enter(Phase.RECEIVING);
      requestSinceNanos = phaseSinceNanos;
      routeName = NO_ROUTE;
      intake.reset();
    }
  }

  /** Closes once the client has had the grace to send one more request. */
  void drain() {
    long graceNanos = parts.settings().drainGrace().toNanos();
    channel.eventLoop().schedule(this::finishIfIdle, graceNanos, TimeUnit.NANOSECONDS);
  }

  void close() {
    channel.close();
  }

  /** Closes unless there is a request to answer by the time when the event loop gets to it. */
  void closeIfQuiet() {
    channel
        .eventLoop()
        .execute(
            () -> {
              if (phase == Phase.IDLE || phase == Phase.RECEIVING) {
                channel.close();
              }
            });
  }

  Connections.Admission admission() {
    return admission;
  }

  /** What it is at; may be stale by the time it returns. */
  Phase phase() {
    return phase;
  }

  /** When it came to be at that. */
  long phaseSinceNanos() {
    return phaseSinceNanos;
  }

  /** Ends the connection if it has been in its phase for too long. */
  void checkTimeout() {
    long elapsed = parts.clock().getAsLong() - phaseSinceNanos;
    if (elapsed < phase.limitNanos(parts.settings())) {
      return;
    }
    switch (phase) {
      case IDLE -> finish();
      case RECEIVING ->
          refuse(new HttpFault(HttpResponseStatus.REQUEST_TIMEOUT, "request: came too slowly"));
      case ANSWERING, WRITING, CLOSING -> channel.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    enter(Phase.IDLE);
    parts.connections().add(this);
    if (parts.connections().draining()) {
      drain();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    parts.connections().remove(this);
    enter(Phase.CLOSING);
    writer.drop();
    dropWaiting();
    intake.reset();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (phase == Phase.CLOSING) {
      ReferenceCountUtil.release(message);
      return;
    }
    waiting.add((HttpObject) message);
  }

  /** Takes what was read only now, so that an answer knows whether more requests have arrived. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    pump();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      if (phase == Phase.ANSWERING) {
        earlyStatusLine.send(channel);
      }
      pump();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    giveUp(cause);
  }

  private void giveUp(Throwable cause) {
    if (!(cause instanceof IOException)) {
      parts.failures().log(cause, parts.clock().getAsLong());
    }
    channel.close();
  }

  /** Takes what waits, until a request is whole or nothing is left. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    while (phase == Phase.IDLE || phase == Phase.RECEIVING) {
      HttpObject next = waiting.poll();
      if (next == null) {
        break;
      }
      try {
        take(next);
      } finally {
        ReferenceCountUtil.release(next);
      }
    }
    pumping = false;
    if (inputEnded && waiting.isEmpty()) {
      endInput();
    }
    channel.config().setAutoRead(waiting.isEmpty());
  }

  private void take(HttpObject part) {
    if (part instanceof HttpRequest) {
      bytesArrived();
    }
    try {
      boolean whole = intake.take(part);
      if (part instanceof HttpRequest request) {
        requireRoom(request);
        sayContinueIfExpected();
      }
      if (whole) {
        dispatch(intake.whole(() -> !channel.isActive()));
      }
    } catch (HttpFault fault) {
      refuse(fault);
    }
  }

  /** A spare connection answers the pages that operations look at, so that load hides none. */
  private void requireRoom(HttpRequest request) {
    if (admission == Connections.Admission.SPARE
        && !request.method().equals(HttpMethod.GET)
        && !request.method().equals(HttpMethod.HEAD)) {
      throw new HttpFault(
          HttpResponseStatus.SERVICE_UNAVAILABLE,
          "connections: too many (expected: at most "
              + parts.settings().maxConnections()
              + " at work)");
    }
  }

  private void sayContinueIfExpected() {
    RequestHead begun = intake.head();
    if (begun != null && begun.expectsContinue()) {
      channel.writeAndFlush(ReplyEncoder.goOn(), channel.voidPromise());
    }
  }

  private void dispatch(WholeRequest request) {
    enter(Phase.ANSWERING);
    Route route;
    try {
      route = parts.router().find(request.head().method(), request.head().path());
    } catch (ServingException e) {
      request.close();
      answer(null, e);
      return;
    }
    routeName = route.name();
    dispatcher.dispatch(route.endpoint(), request);
  }

  private void answer(@Nullable Response response, @Nullable Throwable failure) {
    if (response != null) {
      answer(response, false);
      return;
    }
    Throwable cause = failure != null ? failure : new IllegalStateException("response: null");
    answer(replies.failed(cause), false);
  }

  private void refuse(HttpFault fault) {
    intake.dropBody();
    answer(replies.failed(fault), true);
  }

  private void answer(Response response, boolean fatal) {
    if (phase == Phase.CLOSING) {
      response.payload().close();
      measure(CLIENT_GONE);
      return;
    }
    enter(Phase.WRITING);
    boolean close = fatal || closesAfterAnswer();
    Reply reply;
    try {
      reply = replies.encode(response, intake.head(), close, channel.alloc());
    } catch (IOException | RuntimeException | Error e) {
      response.payload().close();
      giveUp(e);
      return;
    }
    writer.send(reply);
  }

  private boolean closesAfterAnswer() {
    RequestHead asked = intake.head();
    boolean leaving = admission == Connections.Admission.SPARE || parts.connections().draining();
    boolean last = waiting.isEmpty() && (inputEnded || leaving);
    return last || asked == null || !asked.keepAlive();
  }

  private void afterReply(Reply reply, boolean whole) {
    measure(whole ? reply.status() : CLIENT_GONE);
    if (!whole) {
      channel.close();
      return;
    }
    if (reply.closesConnection()) {
      finish();
      return;
    }
    enter(Phase.IDLE);
    pump();
  }

  private void measure(int status) {
    parts.metrics().recordRequest(routeName, status, parts.clock().getAsLong() - requestSinceNanos);
  }

  /** The client will send no more, and all that it sent is taken. */
  private void endInput() {
    if (phase == Phase.RECEIVING) {
      refuse(new HttpFault(HttpResponseStatus.BAD_REQUEST, "request: ends too early"));
    } else if (phase == Phase.IDLE || phase == Phase.CLOSING) {
      channel.close();
    }
  }

  private void finishIfIdle() {
    if (phase == Phase.IDLE) {
      finish();
    }
  }

  /**
   * Ends the conversation: closes the sending side first, so that a client that is still sending
   * can read its answer.
   */
  private void finish() {
    enter(Phase.CLOSING);
    dropWaiting();
    if (inputEnded) {
      channel.close();
      return;
    }
    channel.config().setAutoRead(true);
    ((DuplexChannel) channel).shutdownOutput();
    channel.eventLoop().schedule(this::close, LINGER_NANOS, TimeUnit.NANOSECONDS);
  }

  private void dropWaiting() {
    while (!waiting.isEmpty()) {
      ReferenceCountUtil.release(waiting.poll());
    }
  }

  private void enter(Phase next) {
    phase = next;
    phaseSinceNanos = parts.clock().getAsLong();
  }
}
