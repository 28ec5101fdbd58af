package dev.bertserve.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.rpc.RpcMethod;
import dev.bertserve.server.rpc.RpcService;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Counts the calls of services, from their headers until the last byte of their responses is on the
 * socket. The services of gRPC Java are not among them: their streams may stay open for ever. Any
 * thread.
 */
final class OpenCalls extends ServerStreamTracer.Factory {

  private final Set<String> methods = new HashSet<>();

  @GuardedBy("this")
  private int open;

  OpenCalls(List<RpcService> services) {
    for (RpcService service : services) {
      for (RpcMethod<?, ?> method : service.methods()) {
        methods.add(service.fullName(method));
      }
    }
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    if (!methods.contains(method)) {
      return new ServerStreamTracer() {};
    }
    begin();
    return new ServerStreamTracer() {
      @Override
      public void streamClosed(Status status) {
        end();
      }
    };
  }

  private synchronized void begin() {
    open++;
  }

  private synchronized void end() {
    open--;
    notifyAll();
  }

  /** Waits until none is open; returns false if {@code limitNanos} passes first. */
  synchronized boolean awaitNone(long limitNanos) throws InterruptedException {
    long endNanos = System.nanoTime() + limitNanos;
    while (open > 0) {
      long leftNanos = endNanos - System.nanoTime();
      if (leftNanos <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
    return true;
  }
}
