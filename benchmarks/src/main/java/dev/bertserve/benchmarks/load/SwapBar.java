package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Versions that replace each other under mixed traffic. */
final class SwapBar {

  private static final double SHARE = 0.35;
  private static final double MEAN_ROWS = 0.98 + 0.02 * 128;
  private static final double MAX_RATIO = 2;
  private static final double MAX_RISE = 0.05;

  private SwapBar() {}

  static void measure(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    Path folder = Swaps.folder(settings.model());
    // Without a cache of prepared models, since a new version is in none.
    try (Served server =
        new Served(settings.withModel(folder), "--cache-mb", "0", "--model-cache-mb", "0")) {
      ClosedLoop.run(server.port(), texts);
      ClosedLoop.Outcome rest = ClosedLoop.run(server.port(), texts);
      LoadSettings load =
          new LoadSettings(
              server.predict(),
              settings.texts(),
              Profile.MIXED,
              SHARE * rest.rowsPerSecond() / MEAN_ROWS,
              settings.seconds(),
              settings.results());
      Answers answers = new Answers(texts, rest.answers(), settings.tolerance());
      LoadResult still = run(load, texts, answers);
      double before = residentMegabytes(server, texts);
      AtomicInteger swaps = new AtomicInteger();
      AtomicBoolean ended = new AtomicBoolean();
      LoadResult swapped;
      try (Workers swapper = new Workers()) {
        swapper.start(() -> swap(server.port(), folder, settings.model(), swaps, ended));
        try {
          swapped = run(load, texts, answers);
        } finally {
          ended.set(true);
        }
      }
      double after = residentMegabytes(server, texts);
      report.figure("swaps", swaps.get());
      report.atMost("sent late, p99, ms", swapped.latenessMillis(), LoadResult.MAX_LATE_MILLIS);
      report.atMost("requests failed", swapped.lost() + swapped.rejected(), 0);
      report.atMost("wrong outputs", swapped.wrongAnswers(), 0);
      report.figure("one row p99 without swaps, ms", still.millis(1, 99));
      report.figure("one row p99 with swaps, ms", swapped.millis(1, 99));
      report.atMost(
          "one row p99, with by without", swapped.millis(1, 99) / still.millis(1, 99), MAX_RATIO);
      report.figure("memory before, MB", before);
      report.figure("memory after, MB", after);
      report.atMost("memory, rise", after / before - 1, MAX_RISE);
    }
  }

  /** After requests, so that no load of a version is under way. */
  private static double residentMegabytes(Served server, List<String> texts)
      throws IOException, InterruptedException {
    ClosedLoop.run(server.port(), texts);
    return server.residentMegabytes();
  }

  private static void swap(
      int port, Path folder, Path model, AtomicInteger swaps, AtomicBoolean ended)
      throws IOException, InterruptedException {
    Swaps versions = new Swaps(folder, model);
    while (!ended.get()) {
      versions.next(port);
      swaps.incrementAndGet();
    }
  }

  private static LoadResult run(LoadSettings load, List<String> texts, Answers answers)
      throws IOException {
    try (HttpTarget target = new HttpTarget(load.url())) {
      LoadResult result = new LoadRun(load, texts, target, answers, target).run();
      System.out.print(result.table());
      return result;
    }
  }
}
