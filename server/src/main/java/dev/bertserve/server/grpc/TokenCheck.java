package dev.bertserve.server.grpc;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.rpc.RpcMethod;
import dev.bertserve.server.rpc.RpcService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Rejects calls without a valid token, before their messages are read; those of probes pass. */
final class TokenCheck implements ServerInterceptor {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Access access;
  private final Set<String> forProbes = new HashSet<>();

  TokenCheck(Access access, List<RpcService> services) {
    this.access = access;
    forProbes.add(HealthGrpc.getCheckMethod().getFullMethodName());
    forProbes.add(HealthGrpc.getWatchMethod().getFullMethodName());
    for (RpcService service : services) {
      for (RpcMethod<?, ?> method : service.methods()) {
        if (!method.needsToken()) {
          forProbes.add(service.fullName(method));
        }
      }
    }
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String authorization = Objects.requireNonNullElse(headers.get(AUTHORIZATION), "");
    if (forProbes.contains(call.getMethodDescriptor().getFullMethodName())
        || access.allows(authorization)) {
      return next.startCall(call, headers);
    }
    call.close(Status.UNAUTHENTICATED.withDescription(Access.REFUSAL), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
