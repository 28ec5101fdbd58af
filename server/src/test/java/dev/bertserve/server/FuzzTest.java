package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.FuzzClient.Ending;
import dev.bertserve.server.FuzzClient.Received;
import dev.bertserve.server.fixture.KnownAnswer;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sends the whole server random requests over real sockets, in rounds of a few clients at once.
 * {@code bertserve.fuzz.rounds} sets how many, {@code bertserve.fuzz.seed} the first.
 */
final class FuzzTest {

  private static final int ROUNDS = Integer.getInteger("bertserve.fuzz.rounds", 40);
  private static final long SEED = Long.getLong("bertserve.fuzz.seed", System.nanoTime());
  private static final int CLIENTS = 4;
  private static final int MOST_REQUESTS = 8;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long PAUSE_NANOS = 500_000;
  private static final long MOST_HEAP_GROWTH_BYTES = 64_000_000;
  private static final int LEAK_LOOKS = 4;

  /** Linux's tables of TCP sockets. */
  private static final List<Path> SOCKETS =
      List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));

  private static final Map<Integer, AtomicInteger> STATUSES = new ConcurrentSkipListMap<>();
  private static final AtomicInteger REQUESTS = new AtomicInteger();

  private static ResourceLeakDetector.Level levelBefore;
  private static List<KnownAnswer> answers;
  private static InferenceServer server;

  @BeforeAll
  static void start() throws IOException {
    levelBefore = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    answers = KnownAnswer.builtIn();
    server =
        InferenceServerTest.server(
            "--cache-mb=1", "--max-body-bytes=" + FuzzRequests.MAX_BODY_BYTES);
    server.load(
        new ModelLocation(Models.builtIn(), "built in", Optional.empty(), Optional.empty()));
  }

  @AfterAll
  static void stop() throws InterruptedException {
    ResourceLeakDetector.setLevel(levelBefore);
    server.stop(Duration.ofSeconds(1));
  }

  @Test
  void server_randomBytes_staysWholeAndGivesEverythingBack() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (LogWatch log = new LogWatch()) {
      runRound(clients, SEED);
      long heapBefore = heapBytes();
      for (int round = 1; round < ROUNDS; round++) {
        runRound(clients, SEED + round);
        assertThat(log.lines()).as(repeat(SEED + round)).isEmpty();
      }
      long heapAfter = heapBytes();
      for (int i = 0; i < LEAK_LOOKS; i++) {
        System.gc();
        requireGoodAnswer(SEED + i);
      }
      assertThat(log.lines()).as(repeat(SEED)).isEmpty();
      assertThat(heapAfter - heapBefore).isLessThan(MOST_HEAP_GROWTH_BYTES);
    } finally {
      clients.shutdownNow();
    }
    System.out.printf(
        "fuzz: seed %d, %d rounds, %d requests, responses by status: %s%n",
        SEED, ROUNDS, REQUESTS.get(), STATUSES);
    assertThat(server.stop(Duration.ofSeconds(20))).as("all connections closed").isTrue();
  }

  /** Without it the other test could not fail for a leak. */
  @Test
  void logWatch_bufferThatIsDropped_tellsOfTheLeak() throws Exception {
    try (LogWatch log = new LogWatch()) {
      dropBuffer();

      await(
          "a leak in the log",
          () -> {
            System.gc();
            ByteBufAllocator.DEFAULT.buffer(1).release();
            return log.lines().stream().anyMatch(line -> line.contains("LEAK"));
          });
    }
  }

  private static void dropBuffer() {
    assertThat(ByteBufAllocator.DEFAULT.buffer(1).isReadable()).isFalse();
  }

  private static void runRound(ExecutorService clients, long seed) throws Exception {
    List<Future<?>> ends = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Random random = new Random(31 * seed + i);
      ends.add(clients.submit(() -> converse(random, seed)));
    }
    for (Future<?> end : ends) {
      end.get();
    }
    await(repeat(seed) + ": no rows in flight", () -> rowsInFlight() == 0);
    await(repeat(seed) + ": no open connections", () -> openConnections() == 0);
    requireGoodAnswer(seed);
  }

  /** One connection of one client. */
  private static Void converse(Random random, long seed) throws Exception {
    List<FuzzRequest> requests = stream(new FuzzRequests(answers, random), random);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    requests.forEach(request -> stream.writeBytes(request.bytes()));
    byte[] bytes = stream.toByteArray();
    Ending ending = ending(random);
    int end = random.nextInt(3) == 0 ? random.nextInt(bytes.length) : bytes.length;
    byte[] sent = Arrays.copyOf(bytes, end);
    REQUESTS.addAndGet(requests.size());
    try {
      Received received = new FuzzClient(server.port(), ending, random).exchange(sent);
      if (ending != Ending.LEAVE_UNREAD) {
        check(requests, sent, received);
      }
    } catch (AssertionError | Exception e) {
      throw new AssertionError(
          repeat(seed) + ": " + ending + " after " + FuzzClient.shown(sent, 0, sent.length), e);
    }
    return null;
  }

  private static List<FuzzRequest> stream(FuzzRequests source, Random random) {
    List<FuzzRequest> requests = new ArrayList<>();
    for (int i = random.nextInt(MOST_REQUESTS); i >= 0; i--) {
      requests.add(random.nextInt(4) == 0 ? source.unframed() : source.framed());
    }
    return requests;
  }

  private static Ending ending(Random random) {
    Ending[] all = Ending.values();
    int pick = random.nextInt(2 * all.length);
    return pick < all.length ? all[pick] : Ending.HALF_CLOSE;
  }

  /** As long as requests are framed, their responses come in order and are right. */
  private static void check(List<FuzzRequest> requests, byte[] sent, Received received)
      throws Exception {
    boolean headRequests = new String(sent, StandardCharsets.ISO_8859_1).contains("HEAD ");
    List<FuzzReply> replies = FuzzReplies.parse(received.bytes(), headRequests, received.whole());
    for (FuzzReply reply : replies) {
      reply.check();
      STATUSES.computeIfAbsent(reply.status(), status -> new AtomicInteger()).incrementAndGet();
    }
    int certain = certainRequests(requests, sent.length);
    for (int i = 0; i < Math.min(certain, replies.size()); i++) {
      requests.get(i).check().check(replies.get(i));
      if (i + 1 < certain) {
        assertThat(replies.get(i).closesConnection()).as("response %s closes", i).isFalse();
      }
    }
    if (received.whole()) {
      assertThat(replies).hasSizeGreaterThanOrEqualTo(certain);
    }
  }

  /** Requests before the first that is cut off or that the server may frame in another way. */
  private static int certainRequests(List<FuzzRequest> requests, int sentBytes) {
    int bytes = 0;
    for (int i = 0; i < requests.size(); i++) {
      bytes += requests.get(i).bytes().length;
      if (!requests.get(i).framed() || bytes > sentBytes) {
        return i;
      }
    }
    return requests.size();
  }

  private static void requireGoodAnswer(long seed) throws Exception {
    Random random = new Random(seed);
    FuzzRequest good = new FuzzRequests(answers, random).good();
    Received received =
        new FuzzClient(server.port(), Ending.HALF_CLOSE, random).exchange(good.bytes());
    List<FuzzReply> replies = FuzzReplies.parse(received.bytes(), false, true);
    assertThat(replies).as(repeat(seed)).hasSize(1);
    assertThat(replies.get(0).status()).as(repeat(seed)).isEqualTo(200);
    good.check().check(replies.get(0));
  }

  private static double rowsInFlight() throws IOException {
    byte[] request =
        FuzzBodies.utf8("GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    Received received =
        new FuzzClient(server.port(), Ending.HALF_CLOSE, new Random(0)).exchange(request);
    String page = FuzzReplies.parse(received.bytes(), false, true).get(0).body();
    double rows = 0;
    for (String line : page.split("\n", -1)) {
      if (line.startsWith("bertserve_rows_in_flight")) {
        rows += Double.parseDouble(line.substring(line.lastIndexOf(' ')));
      }
    }
    assertThat(page).contains("bertserve_rows_in_flight");
    return rows;
  }

  /** Sockets that the server holds, where the system tells. */
  private static int openConnections() throws IOException {
    String port = String.format(":%04X", server.port());
    int open = 0;
    for (Path table : SOCKETS) {
      if (!Files.isReadable(table)) {
        continue;
      }
      for (String line : Files.readAllLines(table)) {
        // number, local address, remote address, state, queues, timer, retransmissions, uid,
        // timeout, inode, which is 0 once nobody holds the socket
        String[] words = line.strip().split("\\s+", -1);
        boolean listens = words[3].equals("0A");
        if (words[1].endsWith(port) && !listens && !words[9].equals("0")) {
          open++;
        }
      }
    }
    return open;
  }

  /** What may throw. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(String what, Condition condition) throws IOException {
    long start = System.nanoTime();
    while (!condition.holds()) {
      assertThat(System.nanoTime() - start).as(what).isLessThan(PATIENCE_NANOS);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static long heapBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static String repeat(long seed) {
    return "-Dbertserve.fuzz.rounds=1 -Dbertserve.fuzz.seed=" + seed;
  }
}
