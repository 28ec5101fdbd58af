package dev.bertserve.server.grpc;

import static dev.bertserve.server.grpc.PuppetCalls.INFER;
import static dev.bertserve.server.grpc.PuppetCalls.REQUEST;
import static dev.bertserve.server.grpc.PuppetCalls.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.bertserve.proto.oip.ModelInferRequest;
import dev.bertserve.proto.oip.ModelInferResponse;
import dev.bertserve.server.access.Access;
import dev.bertserve.server.http.ByteBound;
import dev.bertserve.server.http.TakenBytes;
import dev.bertserve.server.rpc.RpcReply;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that do not end their calls, or do not take their responses. */
@Timeout(60)
final class GrpcArrivalTest {

  private static final Duration SHORT = Duration.ofMillis(500);
  private static final int LARGE_BYTES = PuppetCalls.MAX_BYTES / 2;
  private static final ModelInferRequest LARGE =
      REQUEST.toBuilder().addRawInputContents(ByteString.copyFrom(new byte[LARGE_BYTES])).build();

  private static Unended unended(PuppetCalls server) {
    return new Unended(server.client.channel(), INFER, true);
  }

  @Test
  void message_ofUnendedCallAboveTheLimit_isRefused() throws Exception {
    try (PuppetCalls server = new PuppetCalls()) {
      ByteBound arriving = server.http.shared().arriving();
      while (arriving.take(LARGE_BYTES / 2)) {
        // Leaves less than a large message takes.
      }
      long before = TakenBytes.of(arriving);

      Unended call = unended(server);
      call.send(LARGE);

      assertThat(call.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      await("given back", () -> TakenBytes.of(arriving) == before);
      assertThat(server.held).isEmpty();
    }
  }

  @Test
  void call_unendedForTooLong_fails() throws Exception {
    try (PuppetCalls server = new PuppetCalls(Access.FREE, SHORT)) {
      ListenableFuture<ModelInferResponse> whole = server.start(CallOptions.DEFAULT);
      PuppetCalls.Held held = server.take();
      Unended empty = unended(server);
      Unended call = unended(server);
      call.send(LARGE);

      assertThat(call.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(call.status().getDescription()).isEqualTo("message: arrived too slowly");
      assertThat(empty.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      await("given back", () -> TakenBytes.of(server.http.shared().arriving()) == 0);
      held.stage().complete(server.reply("in time"));
      assertThat(whole.get().getId()).isEqualTo("in time");
      assertThat(server.held).isEmpty();
    }
  }

  @Test
  void response_notTakenForTooLong_isReleased() throws Exception {
    try (PuppetCalls server = new PuppetCalls(Access.FREE, SHORT)) {
      Unended call = new Unended(server.client.channel(), INFER, false);
      call.send(REQUEST);
      call.end();

      server.take().stage().complete(large(server));

      await("released", () -> server.released.get() == 1);
    }
  }

  @Test
  void call_answeredBeforeItsEnd_isResetWithoutAnError() throws Exception {
    try (PuppetCalls server = new PuppetCalls();
        RawRpc client = new RawRpc(server.grpc.port())) {
      client.callUnknown();

      assertThat(client.resetCode()).isZero();
    }
  }

  @Test
  void connection_takesNothingForTooLong_isClosed() throws Exception {
    try (PuppetCalls server = new PuppetCalls(Access.FREE, SHORT);
        RawRpc client = new RawRpc(server.grpc.port())) {
      client.call(INFER, REQUEST);

      server.take().stage().complete(large(server));

      await("closed", client::isClosedByServer);
      await("released", () -> server.released.get() == 1);
    }
  }

  @Test
  void message_ofUnendedCall_isCountedUntilItsEnd() throws Exception {
    try (PuppetCalls server = new PuppetCalls()) {
      ByteBound arriving = server.http.shared().arriving();
      Unended call = unended(server);
      call.send(LARGE);
      await("counted", () -> TakenBytes.of(arriving) > LARGE_BYTES - ArrivalLimits.SMALL_BYTES);
      ListenableFuture<ModelInferResponse> next = server.start(CallOptions.DEFAULT);
      server.take().stage().complete(server.reply("next"));
      next.get();
      // gRPC Java keeps it as it came until the end, since the method takes one message.
      assertThat(TakenBytes.of(arriving)).isGreaterThan(LARGE_BYTES - ArrivalLimits.SMALL_BYTES);

      call.end();
      server.take().stage().complete(server.reply("whole"));

      assertThat(call.status().isOk()).isTrue();
      assertThat(TakenBytes.of(arriving)).isZero();
    }
  }

  /** More than a client's stream takes before its caller asks for it. */
  private static RpcReply<ModelInferResponse> large(PuppetCalls server) {
    ModelInferResponse response =
        ModelInferResponse.newBuilder()
            .addRawOutputContents(ByteString.copyFrom(new byte[16 << 20]))
            .build();
    return new RpcReply<>(() -> response, server.released::incrementAndGet);
  }

  @Test
  void health_largeMessage_isRefused() throws Exception {
    try (PuppetCalls server = new PuppetCalls()) {
      Unended call = new Unended(server.client.channel(), "grpc.health.v1.Health/Check", true);

      call.send(HealthCheckRequest.newBuilder().setService("a".repeat(20_000)).build());

      assertThat(call.status().getCode()).isEqualTo(Status.Code.CANCELLED);
    }
  }
}
