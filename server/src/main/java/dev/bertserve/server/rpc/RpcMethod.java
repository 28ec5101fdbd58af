package dev.bertserve.server.rpc;

import com.google.protobuf.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A method with one request and one response.
 *
 * @param name as in the service's definition
 * @param request the empty request
 * @param response the empty response
 * @param light whether it is handled at once, from a small request; such methods run on an event
 *     loop, the others on a worker
 * @param needsToken whether a server with tokens rejects calls without one
 * @param handler handles its calls
 */
public record RpcMethod<Q extends Message, A extends Message>(
    String name, Q request, A response, boolean light, boolean needsToken, Handler<Q, A> handler) {

  /**
   * Handles calls; never blocks. The stage may complete later, on any thread. A {@link
   * dev.bertserve.server.failure.ServingException}, thrown or in the stage, is reported to the
   * client with the status of its kind; anything else is logged and reported as INTERNAL.
   */
  @FunctionalInterface
  public interface Handler<Q extends Message, A extends Message> {
    CompletionStage<RpcReply<A>> handle(Q request, RpcCall call);
  }

  /** A method that scores rows. */
  public static <Q extends Message, A extends Message> RpcMethod<Q, A> scoring(
      String name, Q request, A response, Handler<Q, A> handler) {
    return new RpcMethod<>(name, request, response, false, true, handler);
  }

  /** A method that only looks something up. */
  public static <Q extends Message, A extends Message> RpcMethod<Q, A> page(
      String name, Q request, A response, Function<Q, A> page) {
    return new RpcMethod<>(
        name,
        request,
        response,
        true,
        true,
        (asked, call) -> {
          A found = page.apply(asked);
          return CompletableFuture.completedFuture(new RpcReply<>(() -> found, () -> {}));
        });
  }

  /** The same method, for probes, which have no token. */
  public RpcMethod<Q, A> forProbes() {
    return new RpcMethod<>(name, request, response, light, false, handler);
  }
}
