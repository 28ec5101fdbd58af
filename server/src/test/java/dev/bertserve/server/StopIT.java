package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.RawConnection;
import dev.bertserve.server.fixture.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the distribution stops, and its exit status. */
@Timeout(300)
final class StopIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration DOCKERS_PATIENCE = Duration.ofSeconds(10);
  private static final Duration AT_ONCE = Duration.ofSeconds(5);
  private static final int CLIENTS = 8;

  @Test
  void serve_terminatedUnderLoad_answersEveryRequestAndExits0() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (ServerProcess server = ServerProcess.serve(Map.of(), "--cache-mb=0")) {
      server.awaitReady("/health", PATIENCE);
      CountDownLatch busy = new CountDownLatch(CLIENTS);
      List<Future<Integer>> answered = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int rows = i % 2 == 0 ? 1 : 64;
        answered.add(clients.submit(() -> askUntilTheLast(server.port(), rows, busy)));
      }
      busy.await();

      server.terminate();

      for (Future<Integer> count : answered) {
        assertThat(count.get()).as(server.output()).isGreaterThanOrEqualTo(3);
      }
      assertStatus(server.awaitEnd(DOCKERS_PATIENCE), 0);
    } finally {
      clients.shutdownNow();
    }
  }

  @Test
  void serve_drainDelay_servesWhileHealthSaysNo() throws Exception {
    long start;
    try (ServerProcess server = ServerProcess.serve(Map.of(), "--drain-delay-seconds=3")) {
      server.awaitReady("/health", PATIENCE);
      start = System.nanoTime();
      server.terminate();
      while (status(server.port(), "/health") == 200) {
        assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(3).toNanos());
      }

      try (RawConnection late = new RawConnection(server.port())) {
        late.post("/predict", rows(1));
        RawConnection.Answer answer = late.read();
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      }
      assertStatus(server.awaitEnd(DOCKERS_PATIENCE), 0);
      assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofSeconds(3).toNanos());
    }
  }

  @Test
  void serve_secondTerm_endsAtOnceWith143() throws Exception {
    try (ServerProcess server = ServerProcess.serve(Map.of(), "--drain-delay-seconds=100")) {
      server.awaitReady("/health", PATIENCE);
      server.terminate();
      awaitStopping(server);

      server.terminate();

      assertStatus(server.awaitEnd(AT_ONCE), 143);
    }
  }

  @Test
  void serve_interruptedInTheDrain_endsAtOnceWith130() throws Exception {
    try (ServerProcess server = ServerProcess.serve(Map.of(), "--drain-seconds=100");
        RawConnection halfway = connect(server)) {
      halfway.sendPart("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
      server.awaitReady("/health", PATIENCE);
      server.interrupt();
      awaitStopping(server);

      server.interrupt();

      assertStatus(server.awaitEnd(AT_ONCE), 130);
    }
  }

  @Test
  void serve_moreWorkThanDrainSeconds_exits4() throws Exception {
    try (ServerProcess server =
        ServerProcess.serve(
            Map.of(), "--drain-seconds=1", "--runners=1", "--max-rows-in-flight=40000")) {
      server.awaitReady("/health", PATIENCE);
      List<RawConnection> connections = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        RawConnection connection = new RawConnection(server.port());
        connection.post("/predict", rows(8_000));
        connections.add(connection);
      }
      awaitRowsInFlight(server, 8_000);

      server.terminate();

      ServerProcess.Outcome outcome = server.awaitEnd(DOCKERS_PATIENCE);
      assertStatus(outcome, 4);
      assertThat(outcome.toString())
          .contains("stopped after 1 s with accepted requests unanswered");
      for (RawConnection connection : connections) {
        connection.close();
      }
    }
  }

  /**
   * Returns the number of responses; checks that none is missing and that the last one closed the
   * connection.
   */
  private static int askUntilTheLast(int port, int rows, CountDownLatch busy) throws IOException {
    int count = 0;
    try (RawConnection connection = new RawConnection(port)) {
      while (true) {
        connection.post("/predict", rows(rows));
        RawConnection.Answer answer = connection.read();
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        count++;
        if (count == 2) {
          busy.countDown();
        }
        if (answer.last()) {
          return count;
        }
      }
    }
  }

  /** From here on the server is stopping, so the next signal is a second one. */
  private static void awaitStopping(ServerProcess server) {
    server.awaitOutput("stopping", PATIENCE);
  }

  private static void awaitRowsInFlight(ServerProcess server, int atLeast) throws IOException {
    try (RawConnection connection = new RawConnection(server.port())) {
      double inFlight = 0;
      while (inFlight < atLeast) {
        connection.get("/metrics");
        inFlight =
            connection
                .read()
                .body()
                .lines()
                .filter(line -> line.startsWith("bertserve_rows_in_flight{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static RawConnection connect(ServerProcess server) throws IOException {
    server.awaitPort(PATIENCE);
    return new RawConnection(server.port());
  }

  private static int status(int port, String path) throws IOException {
    try (RawConnection connection = new RawConnection(port)) {
      connection.get(path);
      return connection.read().status();
    }
  }

  private static void assertStatus(ServerProcess.Outcome outcome, int status) {
    assertThat(outcome.status()).as(outcome.toString()).isEqualTo(status);
  }

  private static String rows(int count) {
    StringBuilder body = new StringBuilder("{\"instances\":[");
    for (int i = 0; i < count; i++) {
      body.append(i == 0 ? "\"" : ",\"").append(i).append(" very good".repeat(60)).append('"');
    }
    return body.append("]}").toString();
  }
}
