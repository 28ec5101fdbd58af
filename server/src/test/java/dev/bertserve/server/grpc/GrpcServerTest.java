package dev.bertserve.server.grpc;

import static dev.bertserve.server.grpc.PuppetCalls.INFER;
import static dev.bertserve.server.grpc.PuppetCalls.INFERRED;
import static dev.bertserve.server.grpc.PuppetCalls.LIVE;
import static dev.bertserve.server.grpc.PuppetCalls.REQUEST;
import static dev.bertserve.server.grpc.PuppetCalls.await;
import static dev.bertserve.server.grpc.PuppetCalls.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.RetryInfo;
import dev.bertserve.proto.oip.ModelInferResponse;
import dev.bertserve.proto.oip.ServerLiveRequest;
import dev.bertserve.proto.oip.ServerLiveResponse;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.grpc.PuppetCalls.Held;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class GrpcServerTest {

  @AutoClose private final PuppetCalls server = new PuppetCalls();

  @Test
  void call_heldReply_isSentAndReleasedOnce() throws Exception {
    ListenableFuture<ModelInferResponse> call = server.start(CallOptions.DEFAULT);
    Held held = server.take();
    assertThat(held.request()).isEqualTo(REQUEST);
    assertThat(held.call().timeout()).isEqualTo(Duration.ofDays(1));

    held.stage().complete(server.reply("sent"));

    assertThat(call.get().getId()).isEqualTo("sent");
    await("released", () -> server.released.get() > 0);
    assertThat(server.released).hasValue(1);
  }

  @Test
  void call_cancelled_isAbandonedAndItsReplyReleased() throws Exception {
    ListenableFuture<ModelInferResponse> call = server.start(CallOptions.DEFAULT);
    Held held = server.take();
    assertThat(held.call().abandoned().getAsBoolean()).isFalse();

    call.cancel(true);

    await("abandoned", () -> held.call().abandoned().getAsBoolean());
    held.stage().complete(server.reply("late"));
    await("released", () -> server.released.get() == 1);
  }

  @Test
  void call_clientDisconnects_isAbandoned() throws Exception {
    ListenableFuture<ModelInferResponse> call = server.start(CallOptions.DEFAULT);
    Held held = server.take();

    server.client.close();

    await("abandoned", () -> held.call().abandoned().getAsBoolean());
    assertThatThrownBy(call::get).isInstanceOf(ExecutionException.class);
  }

  @Test
  void call_withDeadline_tellsTheTimeThatIsLeft() throws Exception {
    ListenableFuture<ModelInferResponse> call =
        server.start(CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.HOURS));
    Held held = server.take();

    assertThat(held.call().timeout()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
    held.stage().complete(server.reply("in time"));
    assertThat(call.get().getId()).isEqualTo("in time");
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID, INVALID_ARGUMENT, false",
    "TOO_LARGE, INVALID_ARGUMENT, false",
    "NOT_FOUND, NOT_FOUND, false",
    "OVERLOADED, RESOURCE_EXHAUSTED, true",
    "UNAVAILABLE, UNAVAILABLE, true",
    "DEADLINE_EXCEEDED, DEADLINE_EXCEEDED, false",
    "INTERNAL, INTERNAL, false"
  })
  void call_failure_hasTheStatusOfItsKind(FailureKind kind, Status.Code code, boolean retry)
      throws Exception {
    ListenableFuture<ModelInferResponse> call = server.start(CallOptions.DEFAULT);

    server.take().stage().completeExceptionally(new ServingException(kind, "two\nlines", 7));

    StatusRuntimeException failure = failure(call);
    assertThat(failure.getStatus().getCode()).isEqualTo(code);
    assertThat(failure.getStatus().getDescription()).isEqualTo("two lines");
    com.google.rpc.Status details = StatusProto.fromThrowable(failure);
    assertThat(details.getDetailsCount()).isEqualTo(retry ? 1 : 0);
    if (retry) {
      RetryInfo info = details.getDetails(0).unpack(RetryInfo.class);
      assertThat(info.getRetryDelay().getSeconds()).isEqualTo(7);
    }
  }

  @Test
  void call_unexpectedException_isInternalWithoutItsMessage() {
    server.first =
        () -> {
          throw new IllegalStateException("a secret");
        };

    Status status = server.client.failure(INFER, REQUEST);

    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getDescription()).isEqualTo("internal error");
  }

  @Test
  void call_malformedMessage_isInvalid() {
    byte[] truncated = REQUEST.toByteString().substring(0, 3).toByteArray();

    Status status = server.client.send(INFER, truncated);

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription())
        .isEqualTo(
            "message: malformed (expected: inference.ModelInferRequest of at most 1048576 bytes)");
    assertThat(server.client.send(LIVE, new byte[0])).isEqualTo(Status.OK);
  }

  @Test
  void call_messageAboveTheLimit_isRefused() {
    assertThat(server.client.send(INFER, new byte[PuppetCalls.MAX_BYTES + 1]).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(server.client.send(LIVE, new byte[PuppetCalls.MAX_BYTES / 2]).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void call_compressedMessage_isReadUpToTheLimit(String compression) throws Exception {
    CallOptions options = CallOptions.DEFAULT.withCompression(compression);
    Message request = zeros(PuppetCalls.MAX_BYTES / 2);
    ListenableFuture<ModelInferResponse> whole =
        server.client.start(INFER, request, INFERRED, options);
    Held held = server.take();
    assertThat(held.request()).isEqualTo(request);
    held.stage().complete(server.reply("whole"));
    assertThat(whole.get().getId()).isEqualTo("whole");

    ListenableFuture<ModelInferResponse> bomb =
        server.client.start(INFER, zeros(20 * PuppetCalls.MAX_BYTES), INFERRED, options);

    assertThat(failure(bomb).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  private static Message zeros(int bytes) {
    return REQUEST.toBuilder().addRawInputContents(ByteString.copyFrom(new byte[bytes])).build();
  }

  @Test
  void call_tooManyBytesArriving_refusesLargeMessagesOnly() throws Exception {
    int most = 0;
    while (server.http.shared().arriving().take(1 << 20)) {
      most += 1 << 20;
    }
    Message request = zeros(PuppetCalls.MAX_BYTES / 2);

    Status refused = server.client.failure(INFER, request);

    assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getDescription()).contains("too many are arriving");
    ListenableFuture<ModelInferResponse> small = server.start(CallOptions.DEFAULT);
    server.take().stage().complete(server.reply("small"));
    assertThat(small.get().getId()).isEqualTo("small");

    server.http.shared().arriving().giveBack(most);
    ListenableFuture<ModelInferResponse> again =
        server.client.start(INFER, request, INFERRED, CallOptions.DEFAULT);
    server.take().stage().complete(server.reply("large"));
    assertThat(again.get().getId()).isEqualTo("large");
    assertThat(server.http.shared().arriving().take(most)).as("all was given back").isTrue();
  }

  @Test
  void lightCall_whileAllWorkersAreBusy_isAnswered() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    server.first = () -> PuppetCalls.block(latch);
    List<ListenableFuture<ModelInferResponse>> blocked = new ArrayList<>();
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      blocked.add(server.start(CallOptions.DEFAULT));
    }

    ServerLiveResponse live =
        server.client.call(
            LIVE, ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.getDefaultInstance());

    assertThat(live.getLive()).isTrue();
    assertThat(server.health("")).isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
    assertThat(blocked).noneMatch(ListenableFuture::isDone);
    latch.countDown();
  }

  @Test
  void call_waitsForAWorker_hasArrivedBefore() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    server.first = () -> PuppetCalls.block(latch);
    List<ListenableFuture<ModelInferResponse>> calls = new ArrayList<>();
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      calls.add(server.start(CallOptions.DEFAULT));
    }
    assertThat(server.client.send(LIVE, new byte[0])).as("all are there").isEqualTo(Status.OK);
    long releasedNanos = System.nanoTime();
    latch.countDown();

    for (int i = 0; i < calls.size(); i++) {
      Held held = server.take();
      assertThat(releasedNanos - held.call().arrivedNanos()).isPositive();
      held.stage().complete(server.reply("released"));
    }
    for (ListenableFuture<ModelInferResponse> call : calls) {
      assertThat(call.get().getId()).isEqualTo("released");
    }
  }
}
