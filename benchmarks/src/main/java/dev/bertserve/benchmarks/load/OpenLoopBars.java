package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The bars that are measured at a fixed rate, a part or a multiple of what the server can do. */
final class OpenLoopBars {

  private static final int LONG_ROWS = 128;
  private static final double MEAN_ROWS = 0.98 + 0.02 * LONG_ROWS;
  private static final double BUSY = 0.7;
  private static final double OVERLOAD = 10;
  private static final double DEADLINE_MILLIS = 55_000;
  private static final double MOST_TILES = 4;
  private static final double LEAST_GOODPUT = 0.95;
  private static final double MOST_REFUSAL_MILLIS = 20;
  private static final double MOST_RISE = 0.02;

  /**
   * Under overload requests that are due within so long go out together: each time that the client
   * wakes up it takes a processor from the server.
   */
  private static final Duration TOGETHER = Duration.ofMillis(5);

  /** Share of the time after which memory has found its level. */
  private static final double SETTLED = 0.3;

  private OpenLoopBars() {}

  /** Mixed traffic at 70 % of capacity: nobody waits for long. */
  static void mixed(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    double tileMillis;
    try (EngineLoop engine = new EngineLoop(settings, Runtime.getRuntime().availableProcessors())) {
      tileMillis = engine.tileMillis();
    }
    try (Served server = new Served(settings, "--cache-mb", "0")) {
      Measured measured = run(server, settings, texts, BUSY, Duration.ZERO);
      LoadResult result = measured.result;
      measured.tell(report);
      report.figure("one full tile, ms", tileMillis);
      report.figure("one row p50, ms", result.millis(1, 50));
      report.figure("one row p99, ms", result.millis(1, 99));
      report.atMost("one row p99, in tiles", result.millis(1, 99) / tileMillis, MOST_TILES);
      report.figure("128 rows p99, ms", result.millis(LONG_ROWS, 99));
      report.atMost("128 rows, slowest, ms", result.millis(LONG_ROWS, 100), DEADLINE_MILLIS);
      report.atMost("requests refused", result.refused(), 0);
    }
  }

  /** Ten times what it can do: it does what it can, and refuses the rest at once. */
  static void overload(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    try (Served server = new Served(settings, "--cache-mb", "0")) {
      Measured measured = run(server, settings, texts, OVERLOAD, TOGETHER);
      LoadResult result = measured.result;
      measured.tell(report);
      report.figure("rows run, rows/s", measured.ran);
      // Rows that ran were answered in time: no request may be without an answer.
      report.atLeast("goodput, share of capacity", measured.ran / measured.capacity, LEAST_GOODPUT);
      report.atLeast("requests refused", result.refused(), 1);
      report.atMost("refusal p99, ms", result.refusalMillis(99), MOST_REFUSAL_MILLIS);
      report.atMost("memory, rise of the settled part", measured.memory.rise(), MOST_RISE);
    }
  }

  /** Mixed traffic for long: memory stays where it is, and nothing leaks. */
  static void soak(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    try (Served server = new Served(settings, "--cache-mb", "0")) {
      Measured measured = run(server, settings, texts, BUSY, Duration.ZERO);
      measured.tell(report);
      report.figure("memory slope, MB a minute", measured.memory.slope());
      report.figure("error of the slope, MB a minute", measured.memory.slopeError());
      report.atMost("memory, rise of the settled part", measured.memory.rise(), MOST_RISE);
      report.atMost("leak reports", server.leakReports(), 0);
    }
  }

  private static Measured run(
      Served server, BarSettings settings, List<String> texts, double share, Duration gather)
      throws IOException, InterruptedException {
    ClosedLoop.run(server.port(), texts);
    ClosedLoop.Outcome rest = ClosedLoop.run(server.port(), texts);
    double capacity =
        (rest.rowsPerSecond() + ClosedLoop.run(server.port(), texts).rowsPerSecond()) / 2;
    LoadSettings load =
        new LoadSettings(
            server.predict(),
            settings.texts(),
            Profile.MIXED,
            share * capacity / MEAN_ROWS,
            settings.seconds(),
            settings.results());
    try (Memory memory = new Memory(server);
        HttpTarget target = new HttpTarget(server.predict(), gather)) {
      Meanwhile meanwhile = new Meanwhile(server, LoadRun.WARM_UP_SECONDS, settings.seconds());
      LoadResult result =
          new LoadRun(
                  load,
                  texts,
                  target,
                  new Answers(texts, rest.answers(), settings.tolerance()),
                  target)
              .run();
      System.out.print(result.table());
      return new Measured(
          capacity,
          meanwhile.rowsPerSecond(),
          result,
          memory.trend(SETTLED),
          Batches.of(meanwhile));
    }
  }

  /**
   * What ran.
   *
   * @param rows of a batch, on the average
   * @param padding for each token
   * @param tokenMillis a runner's time for a token of padding or not
   */
  private record Batches(double rows, double padding, double tokenMillis) {

    static Batches of(Meanwhile meanwhile) {
      double padded = meanwhile.sum("bertserve_batch_padded_tokens_sum");
      return new Batches(
          meanwhile.sum("bertserve_batch_rows_sum") / meanwhile.sum("bertserve_batch_rows_count"),
          padded / meanwhile.sum("bertserve_batch_tokens_sum") - 1,
          1e3 * meanwhile.sum("bertserve_inference_seconds_sum") / padded);
    }
  }

  private record Measured(
      double capacity, double ran, LoadResult result, Trend memory, Batches batches) {

    void tell(BarReport report) {
      report.figure("capacity, rows/s", capacity);
      report.figure("answered, rows/s", result.rowsPerSecond());
      report.figure("rows of a batch", batches.rows);
      report.figure("padding, share of the tokens", batches.padding);
      report.figure("runner's time for a token, ms", batches.tokenMillis);
      report.figure("memory, MB", memory.mean());
      report.atMost("sent late, p99, ms", result.latenessMillis(), LoadResult.MOST_LATE_MILLIS);
      report.atMost("answers that are wrong", result.wrongAnswers(), 0);
      report.atMost("requests without an answer", result.lost(), 0);
    }
  }
}
