package dev.bertserve.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.Message;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.http.Failures;
import dev.bertserve.server.rpc.RpcCall;
import dev.bertserve.server.rpc.RpcMethod;
import dev.bertserve.server.rpc.RpcReply;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One call of a method: reads its message, handles it, sends the response, and releases what the
 * response holds when it has been sent. gRPC calls the listener's methods one at a time.
 */
final class UnaryCall<Q extends Message, A extends Message>
    extends ServerCall.Listener<Incoming<Q>> {

  /** Stands for no deadline: longer than any request takes. */
  private static final Duration NO_DEADLINE = Duration.ofDays(1);

  private final ServerCall<Incoming<Q>, A> call;
  private final RpcMethod<Q, A> method;
  private final Executor workers;
  private final Failures failures;
  private final LongSupplier clock;
  private final Arrival arrival = Arrival.KEY.get();
  private final OpenCall open = OpenCall.KEY.get();

  private @Nullable Incoming<Q> received;

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private boolean ended;

  @GuardedBy("this")
  private Runnable held = () -> {};

  UnaryCall(
      ServerCall<Incoming<Q>, A> call,
      RpcMethod<Q, A> method,
      Executor workers,
      Failures failures,
      LongSupplier clock) {
    this.call = call;
    this.clock = clock;
    this.method = method;
    this.workers = workers;
    this.failures = failures;
  }

  /** Asks for the message, and for one more, so that a second one is noticed. */
  void start() {
    call.request(2);
    open.begin(() -> refuse(FailureKind.DEADLINE_EXCEEDED, "arrived too slowly"));
    arrival.begin(() -> refuse(FailureKind.OVERLOADED, "too many are arriving (expected: fewer)"));
  }

  /** Fails the call before its client has ended it. */
  private void refuse(FailureKind kind, String problem) {
    fail(new ServingException(kind, "message: " + problem));
  }

  @Override
  public void onMessage(Incoming<Q> message) {
    arrival.end();
    received = received == null ? message : new Incoming<>(null, "more than one (expected: one)");
  }

  @Override
  public void onHalfClose() {
    open.arrived();
    if (isClosed()) {
      // Refused while it arrived: its response is sent, so nobody waits for its rows.
      return;
    }
    Incoming<Q> incoming =
        received == null ? new Incoming<>(null, "none (expected: one)") : received;
    received = null;
    if (incoming.message() == null) {
      fail(new ServingException(FailureKind.INVALID, "message: " + incoming.problem()));
      return;
    }
    CompletionStage<RpcReply<A>> stage;
    try {
      stage = method.handler().handle(incoming.message(), rpcCall());
    } catch (RuntimeException | Error e) {
      fail(e);
      return;
    }
    stage.whenComplete(this::finishOnWorker);
  }

  private RpcCall rpcCall() {
    Context context = Context.current();
    Deadline deadline = context.getDeadline();
    long begunNanos = open.begunNanos();
    Duration timeout =
        deadline == null
            ? NO_DEADLINE
            : Duration.ofNanos(
                clock.getAsLong() - begunNanos + deadline.timeRemaining(TimeUnit.NANOSECONDS));
    return new RpcCall(begunNanos, timeout, context::isCancelled);
  }

  /** Large responses take time to build, which the thread of the model should not spend. */
  private void finishOnWorker(@Nullable RpcReply<A> reply, @Nullable Throwable failure) {
    if (method.light()) {
      finish(reply, failure);
      return;
    }
    try {
      workers.execute(() -> finish(reply, failure));
    } catch (RejectedExecutionException e) {
      // The server has stopped: the response will never be sent.
      if (reply != null) {
        reply.release().run();
      }
    }
  }

  private void finish(@Nullable RpcReply<A> reply, @Nullable Throwable failure) {
    if (reply == null) {
      fail(failure == null ? new IllegalStateException("reply: null") : failure);
      return;
    }
    if (!hold(reply.release())) {
      return;
    }
    try {
      A message = reply.message().get();
      if (isFirstToClose()) {
        call.sendHeaders(new Metadata());
        call.sendMessage(message);
        close(Status.OK, new Metadata());
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    Throwable root = Reason.cause(failure);
    FailureStatus outcome;
    if (root instanceof ServingException known) {
      outcome = FailureStatus.of(known);
    } else {
      failures.log(root, "", System.nanoTime());
      outcome =
          new FailureStatus(Status.INTERNAL.withDescription("internal error"), new Metadata());
    }
    if (isFirstToClose()) {
      close(outcome.status(), outcome.trailers());
    }
  }

  private void close(Status status, Metadata trailers) {
    open.answered(clock.getAsLong());
    call.close(status, trailers);
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized boolean isFirstToClose() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  /** Keeps {@code release} until the call ends; returns false if it has, and runs it. */
  private boolean hold(Runnable release) {
    synchronized (this) {
      if (!ended) {
        held = release;
        return true;
      }
    }
    release.run();
    return false;
  }

  @Override
  public void onCancel() {
    end();
  }

  @Override
  public void onComplete() {
    end();
  }

  private void end() {
    Runnable release;
    synchronized (this) {
      ended = true;
      release = held;
    }
    release.run();
  }
}
