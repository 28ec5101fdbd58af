package dev.bertserve.server.grpc;

import com.google.common.util.concurrent.ListenableFuture;
import dev.bertserve.proto.oip.ModelInferRequest;
import dev.bertserve.proto.oip.ModelInferResponse;
import dev.bertserve.proto.oip.OpenInference;
import dev.bertserve.proto.oip.ServerLiveRequest;
import dev.bertserve.proto.oip.ServerLiveResponse;
import dev.bertserve.server.access.Access;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.fixture.RpcClient;
import dev.bertserve.server.http.HttpServer;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.metrics.HttpMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.rpc.RpcCall;
import dev.bertserve.server.rpc.RpcMethod;
import dev.bertserve.server.rpc.RpcReply;
import dev.bertserve.server.rpc.RpcService;
import io.grpc.CallOptions;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A server with a method that scores, as the test says, and a light one. */
final class PuppetCalls implements AutoCloseable {

  static final String INFER = "inference.GRPCInferenceService/ModelInfer";
  static final String LIVE = "inference.GRPCInferenceService/ServerLive";
  static final ModelInferRequest REQUEST = ModelInferRequest.newBuilder().setId("one").build();
  static final ModelInferResponse INFERRED = ModelInferResponse.getDefaultInstance();
  static final int MAX_BYTES = 1 << 20;
  static final int MAX_CONNECTIONS = 8;

  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final long PATIENCE_NANOS = PATIENCE.toNanos();
  private static final long PAUSE_NANOS = 500_000;

  /** A call that waits for the test. */
  record Held(
      ModelInferRequest request,
      RpcCall call,
      CompletableFuture<RpcReply<ModelInferResponse>> stage) {}

  final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
  final AtomicInteger released = new AtomicInteger();
  final Lifecycle lifecycle = new Lifecycle();
  final HttpServer http;
  final GrpcServer grpc;
  final RpcClient client;

  /** What the method does before it returns; may throw. */
  volatile Runnable first = () -> {};

  PuppetCalls() {
    this(Access.FREE);
  }

  PuppetCalls(Access access) {
    this(access, Duration.ofMinutes(1));
  }

  PuppetCalls(Access access, Duration requestTimeout) {
    RpcService service =
        new RpcService(
            OpenInference.getDescriptor().findServiceByName("GRPCInferenceService"),
            List.of(
                RpcMethod.scoring(
                    "ModelInfer",
                    ModelInferRequest.getDefaultInstance(),
                    ModelInferResponse.getDefaultInstance(),
                    this::infer),
                RpcMethod.page(
                        "ServerLive",
                        ServerLiveRequest.getDefaultInstance(),
                        ServerLiveResponse.getDefaultInstance(),
                        request -> ServerLiveResponse.newBuilder().setLive(true).build())
                    .forProbes()));
    try {
      http =
          new HttpServer(
              HttpSettings.of("127.0.0.1", 0),
              access,
              new Router(List.of()),
              new HttpMetrics(new MetricsPage()));
      grpc =
          new GrpcServer(
              new GrpcSettings("127.0.0.1", 0, MAX_BYTES, MAX_CONNECTIONS, requestTimeout),
              access,
              List.of(service),
              lifecycle,
              http.shared());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    client = new RpcClient(grpc.port());
  }

  private CompletionStage<RpcReply<ModelInferResponse>> infer(
      ModelInferRequest request, RpcCall call) {
    first.run();
    Held one = new Held(request, call, new CompletableFuture<>());
    held.add(one);
    return one.stage();
  }

  /** Calls the method with {@link #REQUEST}. */
  ListenableFuture<ModelInferResponse> start(CallOptions options) {
    return client.start(INFER, REQUEST, INFERRED, options);
  }

  /** The health of {@code service}, or with an empty name of the server. */
  HealthCheckResponse.ServingStatus health(String service) {
    return client
        .call(
            "grpc.health.v1.Health/Check",
            HealthCheckRequest.newBuilder().setService(service).build(),
            HealthCheckResponse.getDefaultInstance())
        .getStatus();
  }

  /** Why {@code call} fails. */
  static StatusRuntimeException failure(ListenableFuture<?> call) throws InterruptedException {
    try {
      throw new AssertionError("succeeded with " + call.get());
    } catch (ExecutionException e) {
      return (StatusRuntimeException) e.getCause();
    }
  }

  /** The next call that reaches the method. */
  Held take() throws InterruptedException {
    Held one = held.poll(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    if (one == null) {
      throw new AssertionError("no call");
    }
    return one;
  }

  /** A reply that counts its release. */
  RpcReply<ModelInferResponse> reply(String id) {
    return new RpcReply<>(
        () -> ModelInferResponse.newBuilder().setId(id).build(), released::incrementAndGet);
  }

  /** Blocks until the test counts {@code latch} down. */
  static void block(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new AssertionError("never: " + what);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Override
  public void close() {
    client.close();
    grpc.close();
    http.close();
  }
}
