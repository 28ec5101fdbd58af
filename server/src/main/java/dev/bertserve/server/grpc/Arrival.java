package dev.bertserve.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Context;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Counts the memory of one call until its message is parsed, against limits over all calls. Any
 * thread.
 */
final class Arrival extends ServerStreamTracer {

  /** The arrival of the current call. */
  static final Context.Key<Arrival> KEY = Context.key("arrival");

  /** What a call takes before its message arrives, headers included. */
  static final int CALL_BYTES = 4 * 1024;

  private final ArrivalLimits limits;
  private final boolean small;

  /** Bytes of the message, compressed as they came; they are decompressed when they are parsed. */
  @GuardedBy("this")
  private long arrived;

  @GuardedBy("this")
  private int takenSmall;

  @GuardedBy("this")
  private int takenLarge;

  @GuardedBy("this")
  private boolean refused;

  @GuardedBy("this")
  private boolean ended;

  @GuardedBy("this")
  private Runnable refusal = () -> {};

  /** If {@code small}, messages that are not small are refused. */
  Arrival(ArrivalLimits limits, boolean small) {
    this.limits = limits;
    this.small = small;
    inboundWireSize(0);
  }

  /** Calls {@code refusal} if a limit is, or has been, exceeded before {@link #end}. */
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
    ended = true;
    limits.small().giveBack(takenSmall);
    limits.large().giveBack(takenLarge);
    takenSmall = 0;
    takenLarge = 0;
    refusal = () -> {};
  }

  @Override
  public Context filterContext(Context context) {
    OpenCall call = OpenCall.KEY.get(context);
    if (call != null) {
      begin(() -> call.cancel("message: too large, or too many are arriving"));
    }
    return context.withValue(KEY, this);
  }

  @Override
  public void inboundMessage(int number) {
    if (small) {
      synchronized (this) {
        arrived = 0;
      }
    }
  }

  @Override
  public void inboundWireSize(long bytes) {
    Runnable refuse;
    synchronized (this) {
      arrived += bytes;
      if (refused || ended || take()) {
        return;
      }
      refused = true;
      refuse = refusal;
    }
    refuse.run();
  }

  @GuardedBy("this")
  private boolean take() {
    int ofSmall = CALL_BYTES + (int) Math.min(arrived, ArrivalLimits.SMALL_BYTES);
    int ofLarge = (int) Math.max(0, arrived - ArrivalLimits.SMALL_BYTES);
    if (small && ofLarge > 0) {
      return false;
    }
    int moreSmall = Math.max(0, ofSmall - takenSmall);
    if (!limits.small().take(moreSmall)) {
      return false;
    }
    takenSmall += moreSmall;
    int moreLarge = Math.max(0, ofLarge - takenLarge);
    if (!limits.large().take(moreLarge)) {
      return false;
    }
    takenLarge += moreLarge;
    return true;
  }

  @Override
  public void streamClosed(Status status) {
    end();
  }
}
