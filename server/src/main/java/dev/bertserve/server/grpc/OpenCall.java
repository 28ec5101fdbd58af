package dev.bertserve.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.net.SocketAddress;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One call, and since when it waits for its client. Any thread. */
final class OpenCall extends ServerStreamTracer {

  /** The current call. */
  static final Context.Key<OpenCall> KEY = Context.key("open-call");

  /** What a call waits for. */
  private enum Phase {
    /** The client, to send the message and end its side. */
    ARRIVING,
    /** This server. */
    ANSWERING,
    /** The client, to take the response. */
    TAKING
  }

  private final long begunNanos;
  private final Consumer<OpenCall> ended;

  @GuardedBy("this")
  private Phase phase = Phase.ARRIVING;

  @GuardedBy("this")
  private long sinceNanos;

  @GuardedBy("this")
  private @Nullable Runnable tooSlow;

  @GuardedBy("this")
  private Context.@Nullable CancellableContext context;

  /** Null before gRPC Java has handled the headers. */
  private volatile @Nullable SocketAddress client;

  /**
   * Starts to arrive; {@code ended} is called when the last byte has been sent or never will be.
   */
  OpenCall(long nowNanos, Consumer<OpenCall> ended) {
    this.begunNanos = nowNanos;
    this.sinceNanos = nowNanos;
    this.ended = ended;
  }

  /** When its headers arrived. */
  long begunNanos() {
    return begunNanos;
  }

  /** Calls {@code tooSlow}, which then answers the call, if it does not arrive in time. */
  synchronized void begin(Runnable tooSlow) {
    this.tooSlow = tooSlow;
  }

  /** The client has ended its side, perhaps after it was answered. */
  synchronized void arrived() {
    if (phase == Phase.ARRIVING) {
      phase = Phase.ANSWERING;
    }
  }

  /** The response is on its way. */
  synchronized void answered(long nowNanos) {
    phase = Phase.TAKING;
    sinceNanos = nowNanos;
  }

  /** Ends the call if it has waited for its client for {@code limitNanos}. */
  void expire(long nowNanos, long limitNanos) {
    Runnable tell;
    synchronized (this) {
      if (phase == Phase.ANSWERING || nowNanos - sinceNanos < limitNanos) {
        return;
      }
      tell = phase == Phase.ARRIVING ? tooSlow : null;
    }
    if (tell == null) {
      cancel("client: too slow");
      return;
    }
    tell.run();
  }

  /** Resets the stream, and thereby frees all that is held for it, a response included. */
  void cancel(String reason) {
    Context.CancellableContext cancellable;
    synchronized (this) {
      cancellable = context;
    }
    if (cancellable != null) {
      // With another cause gRPC Java would leave the stream open.
      cancellable.cancel(new TimeoutException(reason));
    }
  }

  @Override
  public Context filterContext(Context parent) {
    Context.CancellableContext cancellable = parent.withValue(KEY, this).withCancellation();
    synchronized (this) {
      context = cancellable;
    }
    return cancellable;
  }

  /** Address of its connection's client; null before gRPC Java has handled the headers. */
  @Nullable SocketAddress client() {
    return client;
  }

  /** Called on the event loop, before the next bytes of the connection are read. */
  @Override
  public void serverCallStarted(ServerCallInfo<?, ?> call) {
    client = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
  }

  @Override
  public void streamClosed(Status status) {
    ended.accept(this);
  }
}
