package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.util.List;

/** Compares the server with the engine's own loop over the same rows, in alternating rounds. */
final class ThroughputBar {

  private static final double MIN_RATIO = 0.97;

  private ThroughputBar() {}

  static void measure(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    int runners = Runtime.getRuntime().availableProcessors();
    try (Served server = new Served(settings, "--cache-mb", "0");
        EngineLoop engine = new EngineLoop(settings, runners)) {
      ClosedLoop.run(server.port(), texts);
      engine.rowsPerSecond(texts);
      AlternatingRounds.measure(
          "server",
          () -> ClosedLoop.run(server.port(), texts).rowsPerSecond(),
          () -> engine.rowsPerSecond(texts),
          MIN_RATIO,
          report);
    }
  }
}
