package dev.bertserve.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Load runs against a fake server and clock. */
@Timeout(60)
final class LoadRunTest {

  private static final List<String> TEXTS = List.of("a", "b");
  private static final long MILLI = 1_000_000;
  private static final int PER_SECOND = 10;
  private static final int SECONDS = 20;

  /** HdrHistogram keeps three significant digits. */
  private static final double DIGITS = 0.5;

  @TempDir Path folder;

  private final HandClock clock = new HandClock();
  private final List<Long> sentMillis = new ArrayList<>();

  @Test
  void run_serverOfNoCost_sendsAtTheRateAndReports() throws IOException {
    LoadResult result = run(texts -> CompletableFuture.completedFuture(ok()));

    assertThat(sentMillis).hasSize(PER_SECOND * (LoadRun.WARM_UP_SECONDS + SECONDS));
    for (int i = 0; i < sentMillis.size(); i++) {
      assertThat(sentMillis.get(i)).isEqualTo(100L * i);
    }
    assertThat(result.heldItsRate()).isTrue();
    assertThat(result.millis(99)).isLessThan(1);
    assertThat(report(result)).isZero();
    assertThat(folder.resolve("out.json"))
        .content()
        .contains("\"statuses\":{\"200\":200}", "\"rowsPerSecond\":10.");
    assertThat(folder.resolve("out.svg")).exists();
  }

  @Test
  void run_senderIsHeldUp_reportsNothing() throws IOException {
    LoadResult result =
        run(
            texts -> {
              clock.advance(130 * MILLI);
              return CompletableFuture.completedFuture(ok());
            });

    assertThat(result.heldItsRate()).isFalse();
    assertThat(report(result)).isEqualTo(1);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void run_oneRequestHoldsUpTheNext_measuresThatFromWhenItWasToBeSent() {
    LoadResult result =
        run(
            texts -> {
              if (sentMillis.size() == 100) {
                clock.advance(450 * MILLI);
              }
              return CompletableFuture.completedFuture(ok());
            });

    // Sent late by 350, 250, 150 and 50 ms, and answered immediately.
    assertThat(result.millis(100)).isCloseTo(450, within(DIGITS));
    assertThat(result.millis(99.4)).isCloseTo(350, within(DIGITS));
    assertThat(result.millis(98.9)).isCloseTo(250, within(DIGITS));
    assertThat(result.millis(97)).isLessThan(1);
  }

  @Test
  void run_serverThatTakesLong_countsRowsWhenTheyAreAnswered() {
    LoadResult result = run(texts -> clock.later(10_000 * MILLI, ok()));

    // The requests of the first 15 seconds, answered from the tenth second on.
    assertThat(result.rowsPerSecond()).isEqualTo(150.0 / SECONDS);
    assertThat(result.millis(50)).isCloseTo(10_000, within(10.0));
  }

  @Test
  void run_serverThatSlowsDown_countsNoAnswerAfterTheEnd() {
    LoadResult result =
        run(
            texts ->
                sentMillis.size() > 150
                    ? clock.later(30_000 * MILLI, ok())
                    : CompletableFuture.completedFuture(ok()));

    assertThat(result.rowsPerSecond()).isEqualTo(100.0 / SECONDS);
  }

  @Test
  void run_answersOfAllKinds_countsEach() {
    LoadResult result =
        run(
            texts -> {
              int status = new int[] {200, 429, 503, 504, 0}[sentMillis.size() % 5];
              return CompletableFuture.completedFuture(new Target.Reply(status, "{\"p\":[[2]]}"));
            });

    assertThat(result.rejected()).isEqualTo(80);
    assertThat(result.lost()).isEqualTo(80);
    assertThat(result.wrongAnswers()).isEqualTo(40);
    assertThat(result.rowsPerSecond()).isCloseTo(2, within(0.1));
  }

  @Test
  void httpTarget_fakeServer_sendsTheTextsAndTellsEveryStatus() throws IOException {
    List<String> bodies = new ArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/predict",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] answer = "{\"predictions\":[[1.5]]}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(bodies.size() == 1 ? 200 : 429, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/predict");
    try (HttpTarget target = new HttpTarget(url)) {
      assertThat(ask(target, List.of("a \"b\"\n", "é")).status()).isEqualTo(200);
      assertThat(ask(target, TEXTS)).isEqualTo(new Target.Reply(429, "{\"predictions\":[[1.5]]}"));
      server.stop(0);
      assertThat(ask(target, TEXTS).status()).isZero();
    } finally {
      server.stop(0);
    }
    assertThat(bodies)
        .containsExactly("{\"instances\":[\"a  b  \",\"é\"]}", "{\"instances\":[\"a\",\"b\"]}");
  }

  private static Target.Reply ask(HttpTarget target, List<String> texts) {
    CompletableFuture<Target.Reply> reply = target.send(texts);
    target.await(reply);
    return reply.join();
  }

  private static Target.Reply ok() {
    return new Target.Reply(200, "{\"p\":[[1]]}");
  }

  private LoadResult run(Target target) {
    Target noting =
        texts -> {
          sentMillis.add(clock.nanos() / MILLI);
          return target.send(texts);
        };
    return new LoadRun(
            settings(), TEXTS, noting, (texts, body) -> body.equals("{\"p\":[[1]]}"), clock)
        .run();
  }

  private int report(LoadResult result) throws IOException {
    PrintStream none = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return Load.report(settings(), result, none, none);
  }

  private LoadSettings settings() {
    return new LoadSettings(
        URI.create("http://127.0.0.1"),
        Path.of("texts"),
        Profile.ONLINE,
        PER_SECOND,
        SECONDS,
        folder.resolve("out"));
  }

  /**
   * A clock that moves when somebody waits or when the test advances it; due responses arrive
   * meanwhile.
   */
  private static final class HandClock implements Time {
    private final ArrayDeque<Runnable> answers = new ArrayDeque<>();
    private final ArrayDeque<Long> dueNanos = new ArrayDeque<>();
    private long nanos;

    /** Responds after {@code delay}, which is the same for all open requests. */
    CompletableFuture<Target.Reply> later(long delay, Target.Reply reply) {
      CompletableFuture<Target.Reply> answer = new CompletableFuture<>();
      answers.add(() -> answer.complete(reply));
      dueNanos.add(nanos + delay);
      return answer;
    }

    @Override
    public void await(CompletableFuture<?> all) {
      while (!all.isDone()) {
        waitUntil(dueNanos.element());
      }
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void waitUntil(long later) {
      while (!dueNanos.isEmpty() && dueNanos.element() <= later) {
        nanos = Math.max(nanos, dueNanos.remove());
        answers.remove().run();
      }
      nanos = Math.max(nanos, later);
    }

    void advance(long by) {
      nanos += by;
    }
  }
}
