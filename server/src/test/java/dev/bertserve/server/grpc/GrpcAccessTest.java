package dev.bertserve.server.grpc;

import static dev.bertserve.server.grpc.PuppetCalls.INFER;
import static dev.bertserve.server.grpc.PuppetCalls.LIVE;
import static dev.bertserve.server.grpc.PuppetCalls.MAX_CONNECTIONS;
import static dev.bertserve.server.grpc.PuppetCalls.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.bertserve.proto.oip.ModelInferRequest;
import dev.bertserve.proto.oip.ModelInferResponse;
import dev.bertserve.proto.oip.ServerLiveRequest;
import dev.bertserve.proto.oip.ServerLiveResponse;
import dev.bertserve.server.access.Access;
import dev.bertserve.server.access.AccessFiles;
import dev.bertserve.server.fixture.RpcClient;
import dev.bertserve.server.fixture.TestCertificate;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens, certificates and numbers of connections. */
@Timeout(60)
final class GrpcAccessTest {

  private static final String TOKEN = "0123456789abcdef";
  private static final String REFLECTION =
      "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

  /** HTTP/2's frame that tells a client which of its calls were seen. */
  private static final byte GOAWAY = 7;

  private static final int GOAWAY_BYTES = 17;

  private static final ModelInferRequest REQUEST = ModelInferRequest.getDefaultInstance();
  private static final ModelInferResponse INFERRED = ModelInferResponse.getDefaultInstance();
  private static final ServerLiveResponse LIVES =
      ServerLiveResponse.newBuilder().setLive(true).build();

  @TempDir private Path folder;

  private Access tokens() throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), TOKEN);
    return Access.read(new AccessFiles(Optional.empty(), Optional.empty(), Optional.of(file)));
  }

  private static CallOptions with(String token) {
    return CallOptions.DEFAULT.withCallCredentials(
        new CallCredentials() {
          @Override
          public void applyRequestMetadata(
              RequestInfo info, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(
                Metadata.Key.of("Authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer " + token);
            applier.apply(headers);
          }
        });
  }

  private static ServerLiveResponse live(RpcClient client) {
    return client.call(
        LIVE, ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.getDefaultInstance());
  }

  @Test
  void call_withoutValidToken_isUnauthenticatedAndNotHandled() throws Exception {
    try (PuppetCalls server = new PuppetCalls(tokens())) {
      Status status = server.client.failure(INFER, REQUEST);

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(status.getDescription()).isEqualTo(Access.REFUSAL);
      assertThat(server.client.start(INFER, REQUEST, INFERRED, with("wrong")))
          .failsWithin(PuppetCalls.PATIENCE)
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining("UNAUTHENTICATED");
      assertThat(server.client.send(REFLECTION, new byte[0]).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(server.held).isEmpty();
    }
  }

  @Test
  void call_withToken_isServedAndProbesNeedNone() throws Exception {
    try (PuppetCalls server = new PuppetCalls(tokens())) {
      ListenableFuture<ModelInferResponse> call =
          server.client.start(INFER, REQUEST, INFERRED, with(TOKEN));
      server.take().stage().complete(server.reply("served"));

      assertThat(call.get().getId()).isEqualTo("served");
      assertThat(live(server.client)).isEqualTo(LIVES);
      HealthCheckResponse health =
          server.client.call(
              "grpc.health.v1.Health/Check",
              HealthCheckRequest.getDefaultInstance(),
              HealthCheckResponse.getDefaultInstance());
      assertThat(health.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
    }
  }

  @Test
  void call_overTls_isServedAndPlainTextIsNot() throws Exception {
    TestCertificate certificate = TestCertificate.create(folder, "localhost");
    Access access =
        Access.read(
            new AccessFiles(
                Optional.of(certificate.certificate()),
                Optional.of(certificate.key()),
                Optional.empty()));
    try (PuppetCalls server = new PuppetCalls(access);
        RpcClient client = new RpcClient(server.grpc.port(), certificate.certificate())) {
      assertThat(live(client)).isEqualTo(LIVES);
      assertThat(server.client.failure(LIVE, ServerLiveRequest.getDefaultInstance()).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void connect_aboveTheLimitWithIdleOnes_isServedAndTheOldestClosed() throws Exception {
    try (PuppetCalls server = new PuppetCalls()) {
      List<RpcClient> clients = new ArrayList<>();
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 3 * MAX_CONNECTIONS; i++) {
        silent.add(new Socket(InetAddress.getLoopbackAddress(), server.grpc.port()));
        clients.add(new RpcClient(server.grpc.port()));
        assertThat(live(clients.get(i))).isEqualTo(LIVES);
      }
      silent.get(0).getInputStream().readAllBytes();
      clients.forEach(RpcClient::close);
      for (Socket one : silent) {
        one.close();
      }
    }
  }

  @Test
  void connect_aboveTheLimitWithSilentOnes_closesThemAtOnce() throws Exception {
    try (PuppetCalls server = new PuppetCalls()) {
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 3 * MAX_CONNECTIONS; i++) {
        silent.add(new Socket(InetAddress.getLoopbackAddress(), server.grpc.port()));
        // Less than the 10 s for which gRPC Java waits for the answer to a ping.
        silent.get(i).setSoTimeout(5_000);
        assertThat(silent.get(i).getInputStream().read()).as("accepted").isNotNegative();
      }

      for (Socket one : silent.subList(0, 2 * MAX_CONNECTIONS)) {
        byte[] rest = one.getInputStream().readAllBytes();
        assertThat(rest[rest.length - GOAWAY_BYTES + 3])
            .as("type of the last frame")
            .isEqualTo(GOAWAY);
      }
      for (Socket one : silent) {
        one.close();
      }
    }
  }

  @Test
  void connect_aboveTheLimitWithWatchesOfStrangersOnAll_isServed() throws Exception {
    try (PuppetCalls server = new PuppetCalls(tokens())) {
      List<RpcClient> watching = new ArrayList<>();
      for (int i = 0; i < MAX_CONNECTIONS; i++) {
        watching.add(new RpcClient(server.grpc.port()));
        assertThat(watch(watching.get(i)).hasNext()).isTrue();
      }
      watching.add(server.client);
      ListenableFuture<ModelInferResponse> call =
          server.client.start(INFER, REQUEST, INFERRED, with(TOKEN));
      PuppetCalls.Held held = server.take();
      for (int i = 0; i < MAX_CONNECTIONS; i++) {
        watching.add(new RpcClient(server.grpc.port()));
        assertThat(live(watching.get(watching.size() - 1))).isEqualTo(LIVES);
      }

      held.stage().complete(server.reply("not closed"));
      assertThat(call.get().getId()).isEqualTo("not closed");
      watching.forEach(RpcClient::close);
    }
  }

  private static Iterator<HealthCheckResponse> watch(RpcClient client) {
    return HealthGrpc.newBlockingStub(client.channel())
        .watch(HealthCheckRequest.getDefaultInstance());
  }

  @Test
  void connect_aboveTheLimitWithCallsOnAll_isRefusedUntilOneEnds() throws Exception {
    try (PuppetCalls server = new PuppetCalls()) {
      List<RpcClient> busy = new ArrayList<>();
      List<ListenableFuture<ModelInferResponse>> calls = new ArrayList<>();
      List<PuppetCalls.Held> held = new ArrayList<>();
      for (int i = 0; i < MAX_CONNECTIONS; i++) {
        busy.add(new RpcClient(server.grpc.port()));
        calls.add(busy.get(i).start(INFER, REQUEST, INFERRED, CallOptions.DEFAULT));
        held.add(server.take());
      }

      assertThat(server.client.failure(LIVE, ServerLiveRequest.getDefaultInstance()).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);

      for (int i = 0; i < MAX_CONNECTIONS; i++) {
        held.get(i).stage().complete(server.reply("call " + i));
        assertThat(calls.get(i).get().getId()).isEqualTo("call " + i);
      }
      await("a connection is idle", () -> isServed(server));
      busy.forEach(RpcClient::close);
    }
  }

  private static boolean isServed(PuppetCalls server) {
    try (RpcClient client = new RpcClient(server.grpc.port())) {
      return client.send(LIVE, new byte[0]).isOk();
    }
  }
}
