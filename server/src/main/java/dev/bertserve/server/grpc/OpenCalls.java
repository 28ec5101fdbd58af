package dev.bertserve.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.rpc.RpcMethod;
import dev.bertserve.server.rpc.RpcService;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The calls of services, from their headers until the last byte of their responses is on the
 * socket. The services of gRPC Java are not among them: their streams may stay open for ever. Any
 * thread.
 */
final class OpenCalls {

  private final Set<String> methods = new HashSet<>();
  private final LongSupplier clock;

  @GuardedBy("this")
  private final Set<OpenCall> open = new HashSet<>();

  OpenCalls(List<RpcService> services, LongSupplier clock) {
    this.clock = clock;
    for (RpcService service : services) {
      for (RpcMethod<?, ?> method : service.methods()) {
        methods.add(service.fullName(method));
      }
    }
  }

  /** Whether {@code method} is one of the services. */
  boolean contains(String method) {
    return methods.contains(method);
  }

  /** A call that begins; is among the open ones if {@code method} is one of the services. */
  OpenCall begin(String method) {
    OpenCall call = new OpenCall(clock.getAsLong(), this::end);
    if (contains(method)) {
      synchronized (this) {
        open.add(call);
      }
    }
    return call;
  }

  private synchronized void end(OpenCall call) {
    open.remove(call);
    notifyAll();
  }

  /** Where the open calls come from; each connection has an address of its own. */
  synchronized Set<SocketAddress> clients() {
    Set<SocketAddress> clients = new HashSet<>();
    for (OpenCall call : open) {
      SocketAddress client = call.client();
      if (client != null) {
        clients.add(client);
      }
    }
    return clients;
  }

  /** Ends the calls that have waited for their clients for {@code limitNanos}. */
  void expire(long limitNanos) {
    List<OpenCall> snapshot;
    synchronized (this) {
      snapshot = List.copyOf(open);
    }
    long nowNanos = clock.getAsLong();
    snapshot.forEach(call -> call.expire(nowNanos, limitNanos));
  }

  /** Waits until none is open; returns false if {@code limitNanos} passes first. */
  synchronized boolean awaitNone(long limitNanos) throws InterruptedException {
    long endNanos = System.nanoTime() + limitNanos;
    while (!open.isEmpty()) {
      long leftNanos = endNanos - System.nanoTime();
      if (leftNanos <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
    return true;
  }
}
