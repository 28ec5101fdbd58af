package dev.bertserve.server.grpc;

import static dev.bertserve.server.grpc.PuppetCalls.INFER;
import static dev.bertserve.server.grpc.PuppetCalls.INFERRED;
import static dev.bertserve.server.grpc.PuppetCalls.REQUEST;
import static dev.bertserve.server.grpc.PuppetCalls.await;
import static dev.bertserve.server.grpc.PuppetCalls.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import dev.bertserve.proto.oip.ModelInferResponse;
import dev.bertserve.server.access.Access;
import dev.bertserve.server.fixture.RpcClient;
import dev.bertserve.server.grpc.PuppetCalls.Held;
import dev.bertserve.server.lifecycle.State;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The listener from its port to its end. */
@Timeout(60)
class GrpcLifecycleTest {

  @AutoClose private final PuppetCalls server = new PuppetCalls();

  @Test
  void drain_callInFlight_finishesAndNewConnectionsAreRefused() throws Exception {
    ListenableFuture<ModelInferResponse> call = server.start(CallOptions.DEFAULT);
    Held held = server.take();

    server.grpc.drain();

    try (RpcClient late = new RpcClient(server.grpc.port())) {
      assertThat(late.failure(INFER, REQUEST).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(server.grpc.awaitIdle(Duration.ZERO)).isFalse();
    held.stage().complete(server.reply("finished"));
    assertThat(call.get().getId()).isEqualTo("finished");
    assertThat(server.grpc.awaitIdle(PuppetCalls.PATIENCE)).isTrue();
  }

  @Test
  void awaitIdle_openWatchAndSilentPeer_waitsForCallsOnly() throws Exception {
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), server.grpc.port());
        RpcClient other = new RpcClient(server.grpc.port())) {
      assertThat(silent.getInputStream().read()).as("the server's settings").isNotNegative();
      Iterator<HealthCheckResponse> watch =
          HealthGrpc.newBlockingStub(server.client.channel())
              .watch(HealthCheckRequest.getDefaultInstance());
      assertThat(watch.hasNext()).isTrue();
      ListenableFuture<ModelInferResponse> call =
          other.start(INFER, REQUEST, INFERRED, CallOptions.DEFAULT);
      Held held = server.take();
      server.grpc.drain();

      assertThat(server.grpc.awaitIdle(Duration.ofMillis(1))).isFalse();

      held.stage().complete(server.reply("finished"));
      // Less than the 10 s after which gRPC Java gives up a silent peer.
      assertThat(server.grpc.awaitIdle(Duration.ofSeconds(5))).isTrue();
      assertThat(call.get().getId()).isEqualTo("finished");
    }
  }

  @Test
  void close_callInFlight_isCancelled() throws Exception {
    ListenableFuture<ModelInferResponse> call = server.start(CallOptions.DEFAULT);
    Held held = server.take();

    server.grpc.close();

    assertThat(failure(call).getStatus().getCode())
        .isIn(Status.Code.CANCELLED, Status.Code.UNAVAILABLE);
    await("abandoned", () -> held.call().abandoned().getAsBoolean());
  }

  @Test
  void health_lifecycleMoves_follows() {
    String service = "inference.GRPCInferenceService";
    assertThat(server.health(service)).isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);

    server.lifecycle.moveTo(State.READY);
    assertThat(server.health("")).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    assertThat(server.health(service)).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);

    server.lifecycle.moveTo(State.DRAINING);
    assertThat(server.health("")).isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
  }

  @Test
  void port_taken_isToldInOneLine() {
    assertThatThrownBy(
            () ->
                new GrpcServer(
                    new GrpcSettings("127.0.0.1", server.http.port(), 1, 1, Duration.ofMinutes(1)),
                    Access.FREE,
                    List.of(),
                    server.lifecycle,
                    server.http.shared()))
        .isInstanceOf(IOException.class)
        .hasMessage("grpc-port: " + server.http.port() + " (expected: free on 127.0.0.1)");
  }
}
