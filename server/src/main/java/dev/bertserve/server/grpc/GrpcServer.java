package dev.bertserve.server.grpc;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.http.CurrentSslContext;
import dev.bertserve.server.http.TransportParts;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.rpc.RpcMethod;
import dev.bertserve.server.rpc.RpcService;
import io.grpc.BindableService;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves services over gRPC, with the standard ones for health and reflection, on the event loops
 * and workers of the HTTP server. Any thread.
 */
public final class GrpcServer implements AutoCloseable {

  /** A client has at most as many calls at a time on one connection; further ones wait there. */
  private static final int MAX_CALLS_PER_CONNECTION = 1_024;

  /** After so long without calls a connection is closed, as over HTTP. */
  private static final long IDLE_MINUTES = 10;

  /** After so long without a sign of life, a client is asked for one. */
  private static final long KEEP_ALIVE_MINUTES = 1;

  /** How long a draining server still takes calls that were sent before their client knew. */
  private static final Duration DRAIN_GRACE = Duration.ofMillis(500);

  private static final long CLOSE_MILLIS = 200;

  private final EventLoopGroup acceptLoop;
  private final OpenCalls calls;
  private final ScheduledFuture<?> expiry;
  private final Server server;

  /** Listens at once; throws if the address is not available. Health follows {@code lifecycle}. */
  public GrpcServer(
      GrpcSettings settings,
      Access access,
      List<RpcService> services,
      Lifecycle lifecycle,
      TransportParts parts)
      throws IOException {
    acceptLoop = parts.acceptLoop("grpc-accept");
    calls = new OpenCalls(services, System::nanoTime);
    long limitNanos = settings.requestTimeout().toNanos();
    // Checked twice per limit, so that a call exceeds it by half at most.
    long periodNanos = Math.max(1, limitNanos / 2);
    expiry =
        parts
            .loops()
            .scheduleWithFixedDelay(
                () -> calls.expire(limitNanos), periodNanos, periodNanos, TimeUnit.NANOSECONDS);
    CallTracers tracers =
        new CallTracers(
            calls,
            new ArrivalLimits(parts.arriving().sameLimit(), parts.arriving()),
            new ArrivalLimits(parts.arriving().sameLimit(), parts.arriving()));
    HealthStatusManager health = new HealthStatusManager();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()))
            .channelFactory(
                new ConnectionLimit(settings.maxConnections(), limitNanos, calls).listeners(parts))
            .bossEventLoopGroup(acceptLoop)
            .workerEventLoopGroup(parts.loops())
            .maxInboundMessageSize(settings.maxMessageBytes())
            .decompressorRegistry(
                DecompressorRegistry.getDefaultInstance().with(new Deflate(), true))
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES)
            .keepAliveTime(KEEP_ALIVE_MINUTES, TimeUnit.MINUTES)
            // Light calls run on the event loop.
            .executor(Runnable::run)
            .callExecutor(new ScoringOnWorkers(services, parts.workers()))
            .addStreamTracerFactory(tracers.ofCalls())
            .addStreamTracerFactory(tracers.ofArrivals())
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(olderReflection());
    if (access.needsToken()) {
      builder.intercept(new TokenCheck(access, services));
    }
    access
        .identity()
        .ifPresent(
            identity ->
                builder.sslContext(
                    new CurrentSslContext(
                        identity, context -> GrpcSslContexts.configure(context, SslProvider.JDK))));
    ServiceBinding binding =
        new ServiceBinding(
            settings.maxMessageBytes(), parts.workers(), parts.failures(), System::nanoTime);
    services.forEach(service -> builder.addService(binding.bind(service)));
    server = builder.build();
    try {
      server.start();
    } catch (IOException e) {
      close();
      throw new IOException(
          "grpc-port: " + settings.port() + " (expected: free on " + settings.host() + ")", e);
    }
    lifecycle.watch(state -> setHealth(health, services, state));
  }

  /** The version before 1, which Python's client of reflection speaks. */
  @SuppressWarnings("deprecation")
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  private static void setHealth(
      HealthStatusManager health, List<RpcService> services, State state) {
    ServingStatus status = state == State.READY ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    for (RpcService service : services) {
      health.setStatus(service.definition().getFullName(), status);
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Closes the listener, and tells clients to send further calls elsewhere. */
  public void drain() {
    server.shutdown();
  }

  /**
   * After {@link #drain}: waits until all accepted calls are answered; returns false if {@code
   * limit} passes first. Connections may be left: of clients that watch health, and of dead ones.
   */
  public boolean awaitIdle(Duration limit) throws InterruptedException {
    long endNanos = System.nanoTime() + limit.toNanos();
    long graceNanos = Math.max(0, Math.min(limit.toNanos(), DRAIN_GRACE.toNanos()));
    return server.awaitTermination(graceNanos, TimeUnit.NANOSECONDS)
        || calls.awaitNone(endNanos - System.nanoTime());
  }

  /** Cancels the calls that are left, and ends the threads. */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // The end of the threads is waited for below.
  public void close() {
    expiry.cancel(false);
    server.shutdownNow();
    try {
      server.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    acceptLoop
        .shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MILLIS);
  }

  /** Workers for the calls that are not light. */
  private static final class ScoringOnWorkers implements ServerCallExecutorSupplier {

    private final Set<String> scoring = new HashSet<>();
    private final Executor workers;

    ScoringOnWorkers(List<RpcService> services, Executor workers) {
      this.workers = workers;
      for (RpcService service : services) {
        for (RpcMethod<?, ?> method : service.methods()) {
          if (!method.light()) {
            scoring.add(service.fullName(method));
          }
        }
      }
    }

    /** Null for the server's own executor. */
    @Override
    public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
      return scoring.contains(call.getMethodDescriptor().getFullMethodName()) ? workers : null;
    }
  }
}
