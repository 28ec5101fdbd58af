package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Compares the server with the engine's own loop over the same rows, in alternating rounds. */
final class ThroughputBar {

  private static final int ROUNDS = 5;
  private static final double MIN_RATIO = 0.97;

  private ThroughputBar() {}

  static void measure(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    int runners = Runtime.getRuntime().availableProcessors();
    double[] ratios = new double[ROUNDS];
    double[] served = new double[ROUNDS];
    double[] alone = new double[ROUNDS];
    try (Served server = new Served(settings, "--cache-mb", "0");
        EngineLoop engine = new EngineLoop(settings, runners)) {
      ClosedLoop.run(server.port(), texts);
      engine.rowsPerSecond(texts);
      for (int i = 0; i < ROUNDS; i++) {
        served[i] = ClosedLoop.run(server.port(), texts).rowsPerSecond();
        alone[i] = engine.rowsPerSecond(texts);
        ratios[i] = served[i] / alone[i];
        System.out.printf("round %d: server %.1f, engine %.1f rows/s%n", i, served[i], alone[i]);
      }
    }
    for (double[] figures : List.of(ratios, served, alone)) {
      Arrays.sort(figures);
    }
    report.figure("server rows/s, median", served[ROUNDS / 2]);
    report.figure("engine rows/s, median", alone[ROUNDS / 2]);
    report.figure("ratio, least", ratios[0]);
    report.figure("ratio, most", ratios[ROUNDS - 1]);
    report.atLeast("ratio, median", ratios[ROUNDS / 2], MIN_RATIO);
  }
}
