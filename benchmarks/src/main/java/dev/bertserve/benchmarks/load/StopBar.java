package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Repeated SIGTERM during mixed traffic. */
final class StopBar {

  private static final int TIMES = 20;
  private static final int CONNECTIONS = 16;
  private static final int ANSWERS_BEFORE = 10;
  private static final long MAX_SECONDS = 10;

  private StopBar() {}

  static void measure(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    int answered = 0;
    int lost = 0;
    int bad = 0;
    double slowest = 0;
    for (int time = 0; time < TIMES; time++) {
      try (Served server = new Served(settings, "--cache-mb", "0")) {
        AtomicInteger answers = new AtomicInteger();
        AtomicInteger missing = new AtomicInteger();
        CountDownLatch busy = new CountDownLatch(CONNECTIONS * ANSWERS_BEFORE);
        long start;
        try (Workers clients = new Workers()) {
          for (int i = 0; i < CONNECTIONS; i++) {
            Random random = new Random(31L * time + i);
            clients.start(() -> ask(server.port(), texts, random, busy, answers, missing));
          }
          busy.await();
          start = System.nanoTime();
          server.terminate();
        }
        int status = server.awaitEnd(MAX_SECONDS);
        double seconds = (System.nanoTime() - start) / 1e9;
        answered += answers.get();
        lost += missing.get();
        bad += status == 0 ? 0 : 1;
        slowest = Math.max(slowest, seconds);
        System.out.printf(
            "stop %d: %d answered, %d lost, exit %d after %.1f s%n",
            time, answers.get(), missing.get(), status, seconds);
      }
    }
    report.figure("requests answered", answered);
    report.atMost("requests lost", lost, 0);
    report.atMost("stops that did not exit 0", bad, 0);
    report.atMost("slowest stop, seconds", slowest, MAX_SECONDS);
  }

  /** Sends requests until a response closes the connection; a request without a 200 is lost. */
  private static void ask(
      int port,
      List<String> texts,
      Random random,
      CountDownLatch busy,
      AtomicInteger answered,
      AtomicInteger lost) {
    try (KeptConnection connection = new KeptConnection(port)) {
      while (true) {
        List<String> rows = new ArrayList<>();
        for (int left = Profile.MIXED.rows(random); left > 0; left--) {
          rows.add(texts.get(random.nextInt(texts.size())));
        }
        Target.Reply answer = connection.ask(rows);
        if (answer.status() != LoadResult.OK
            || Json.numbers(answer.body()).length % rows.size() != 0) {
          lost.incrementAndGet();
        } else {
          answered.incrementAndGet();
        }
        busy.countDown();
        if (connection.isLast()) {
          return;
        }
      }
    } catch (IOException e) {
      lost.incrementAndGet();
      while (busy.getCount() > 0) {
        busy.countDown();
      }
    }
  }
}
