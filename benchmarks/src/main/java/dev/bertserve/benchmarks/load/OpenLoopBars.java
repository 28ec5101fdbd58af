package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The bars that are measured at a fixed rate, a fraction or a multiple of the capacity. */
final class OpenLoopBars {

  private static final int LONG_ROWS = 128;
  private static final double MEAN_ROWS = 0.98 + 0.02 * LONG_ROWS;
  private static final double BUSY = 0.7;
  private static final double OVERLOAD = 10;
  private static final double DEADLINE_MILLIS = 55_000;
  private static final double MAX_BATCHES = 4;
  private static final double MIN_GOODPUT = 0.95;
  private static final double MAX_REJECTION_MILLIS = 20;
  private static final double MAX_RISE = 0.02;

  /**
   * Under overload, requests that are due within this time are sent together, since each wake-up of
   * the client takes a processor from the server.
   */
  private static final Duration TOGETHER = Duration.ofMillis(5);

  /** Share of the time after which memory has settled. */
  private static final double SETTLED = 0.3;

  private OpenLoopBars() {}

  /** Mixed traffic at 70 % of the capacity; latencies must stay low. */
  static void mixed(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    double batchMillis;
    try (EngineLoop engine = new EngineLoop(settings, Runtime.getRuntime().availableProcessors())) {
      batchMillis = engine.batchMillis();
    }
    try (Served server = new Served(settings, "--cache-mb", "0")) {
      Measured measured = run(server, settings, texts, BUSY, Duration.ZERO);
      LoadResult result = measured.result;
      measured.addTo(report);
      report.figure("one full batch, ms", batchMillis);
      report.figure("one row p50, ms", result.millis(1, 50));
      report.figure("one row p99, ms", result.millis(1, 99));
      report.atMost(
          "one row p99, in full batches", result.millis(1, 99) / batchMillis, MAX_BATCHES);
      report.figure("128 rows p99, ms", result.millis(LONG_ROWS, 99));
      report.atMost("128 rows, slowest, ms", result.millis(LONG_ROWS, 100), DEADLINE_MILLIS);
      report.atMost("requests rejected", result.rejected(), 0);
    }
  }

  /** Ten times the capacity: the server must keep its throughput and reject the rest quickly. */
  static void overload(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    try (Served server = new Served(settings, "--cache-mb", "0")) {
      Measured measured = run(server, settings, texts, OVERLOAD, TOGETHER);
      LoadResult result = measured.result;
      measured.addTo(report);
      report.figure("rows run, rows/s", measured.ran);
      // Rows that ran must be answered: no request may be without a response.
      report.atLeast("goodput, share of capacity", measured.ran / measured.capacity, MIN_GOODPUT);
      report.atLeast("requests rejected", result.rejected(), 1);
      report.atMost("rejection p99, ms", result.rejectionMillis(99), MAX_REJECTION_MILLIS);
      report.atMost("memory, rise of the settled part", measured.memory.rise(), MAX_RISE);
    }
  }

  /** Long mixed traffic: memory must not grow and nothing may leak. */
  static void soak(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    try (Served server = new Served(settings, "--cache-mb", "0")) {
      Measured measured = run(server, settings, texts, BUSY, Duration.ZERO);
      measured.addTo(report);
      report.figure("memory slope, MB a minute", measured.memory.slope());
      report.figure("error of the slope, MB a minute", measured.memory.slopeError());
      report.atMost("memory, rise of the settled part", measured.memory.rise(), MAX_RISE);
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
    try (Memory memory = server.memory();
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
   * @param rows mean number of rows of a batch
   * @param padding per real token
   * @param tokenMillis time of a runner per padded token
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

    void addTo(BarReport report) {
      report.figure("capacity, rows/s", capacity);
      report.figure("answered, rows/s", result.rowsPerSecond());
      report.figure("rows of a batch", batches.rows);
      report.figure("padding, share of the tokens", batches.padding);
      report.figure("runner's time for a token, ms", batches.tokenMillis);
      report.figure("memory, MB", memory.mean());
      report.atMost("sent late, p99, ms", result.latenessMillis(), LoadResult.MAX_LATE_MILLIS);
      report.atMost("wrong outputs", result.wrongAnswers(), 0);
      report.atMost("requests without a response", result.lost(), 0);
    }
  }
}
