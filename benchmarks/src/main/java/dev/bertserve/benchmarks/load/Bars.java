package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures one bar of the server under load, or of scoring without a server, per run, with the
 * built distribution. Run with the arguments of {@link BarSettings#USAGE}; prints a table, writes
 * RESULTS.json; exits 1 if the bar is missed or the load was not sent at its rate.
 */
public final class Bars {

  private Bars() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    BarSettings settings = BarSettings.parse(args);
    List<String> lines = Files.readAllLines(settings.texts());
    List<String> texts = lines.subList(0, Math.min(settings.rows(), lines.size()));
    BarReport report = new BarReport(args[0]);
    switch (args[0]) {
      case "throughput" -> ThroughputBar.measure(settings, texts, report);
      case "mixed" -> OpenLoopBars.mixed(settings, texts, report);
      case "overload" -> OpenLoopBars.overload(settings, texts, report);
      case "soak" -> OpenLoopBars.soak(settings, texts, report);
      case "swap" -> SwapBar.measure(settings, texts, report);
      case "stop" -> StopBar.measure(settings, texts, report);
      case "predict" -> BulkBars.predict(settings, texts, report);
      case "beam" -> BulkBars.beam(settings, texts, report);
      case "memory" -> BulkBars.memory(settings, texts, report);
      case "workers" -> WorkersBar.measure(settings, texts, report);
      case "opens" -> BulkBars.opens(settings, texts, report);
      default -> throw new IllegalArgumentException(BarSettings.USAGE);
    }
    System.out.print(report.table());
    Files.writeString(Path.of(settings.results() + ".json"), report.json());
    System.exit(report.met() ? 0 : 1);
  }
}
