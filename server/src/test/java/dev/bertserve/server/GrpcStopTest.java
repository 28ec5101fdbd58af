package dev.bertserve.server;

import static dev.bertserve.server.InferenceServerTest.STOP_LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.bertserve.proto.tfserving.PredictResponse;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.RpcClient;
import dev.bertserve.server.wiring.InferenceServer;
import io.grpc.CallOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that stops while gRPC calls are in flight. */
@Timeout(60)
final class GrpcStopTest {

  private static final int CALLS = 6;

  @Test
  void stop_callsInFlight_areAnsweredFirst() throws Exception {
    List<KnownAnswer> rows = KnownAnswer.builtIn().subList(0, 100);
    InferenceServer server =
        InferenceServerTest.server("--grpc-port=-1", "--runners=1", "--cache-mb=0");
    server.load(InferenceServerTest.MODEL);
    try (RpcClient client = new RpcClient(server.grpcPort().orElseThrow())) {
      List<ListenableFuture<PredictResponse>> calls = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        calls.add(
            client.start(
                GrpcServicesTest.PREDICT,
                GrpcServicesTest.predict(rows),
                PredictResponse.getDefaultInstance(),
                CallOptions.DEFAULT));
      }
      while (rowsInFlight(server) == 0) {
        Thread.onSpinWait();
      }

      assertThat(server.stop(STOP_LIMIT)).isTrue();

      for (ListenableFuture<PredictResponse> call : calls) {
        GrpcServicesTest.assertScores(
            call.get().getOutputsOrThrow("classifier").getFloatValList(), rows);
      }
    }
  }

  @Test
  void grpcPort_off_isNone() throws Exception {
    InferenceServer server = InferenceServerTest.server();

    assertThat(server.grpcPort()).isEmpty();
    server.stop(STOP_LIMIT);
  }

  private static double rowsInFlight(InferenceServer server) throws Exception {
    String page = InferenceServerTest.get(server, "/metrics").body();
    return page.lines()
        .filter(line -> line.startsWith("bertserve_rows_in_flight"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }
}
