package dev.bertserve.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.http.ByteBound;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Counts the bytes of one call's message until it is parsed, against a limit over all calls. Any
 * thread.
 */
final class Arrival extends ServerStreamTracer {

  /** The arrival of the current call. */
  static final Context.Key<Arrival> KEY = Context.key("arrival");

  /** So many bytes are not counted, so that large messages do not keep out small ones. */
  private static final int FREE_BYTES = 16 * 1024;

  private final ByteBound bound;

  @GuardedBy("this")
  private long arrived;

  @GuardedBy("this")
  private int counted;

  @GuardedBy("this")
  private boolean refused;

  @GuardedBy("this")
  private Runnable refusal = () -> {};

  private Arrival(ByteBound bound) {
    this.bound = bound;
  }

  /** Makes the arrivals of a server's calls, which share {@code bound}. */
  static Factory factory(ByteBound bound) {
    return new Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new Arrival(bound);
      }
    };
  }

  /** Calls {@code refusal} if the limit is, or has been, exceeded before {@link #end}. */
  void begin(Runnable refusal) {
    synchronized (this) {
      if (!refused) {
        this.refusal = refusal;
        return;
      }
    }
    refusal.run();
  }

  /** The message is parsed, or dropped. */
  synchronized void end() {
    bound.giveBack(counted);
    counted = 0;
    refusal = () -> {};
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  @Override
  public void inboundWireSize(long bytes) {
    Runnable refuse;
    synchronized (this) {
      long before = Math.max(arrived, FREE_BYTES);
      arrived += bytes;
      int more = (int) Math.max(0, arrived - before);
      if (refused || bound.take(more)) {
        counted += refused ? 0 : more;
        return;
      }
      refused = true;
      refuse = refusal;
    }
    refuse.run();
  }

  @Override
  public void streamClosed(Status status) {
    end();
  }
}
