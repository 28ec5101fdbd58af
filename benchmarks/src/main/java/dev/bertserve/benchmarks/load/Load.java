package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An open-loop load run against a server, which reports nothing if it missed its own rate. Run with
 * the arguments of {@link LoadSettings#USAGE}; prints a table, writes RESULTS.json and RESULTS.svg;
 * exits 1 without figures if the rate was missed.
 */
public final class Load {

  private Load() {}

  public static void main(String[] args) throws IOException {
    LoadSettings settings = LoadSettings.parse(args);
    LoadResult result;
    try (HttpTarget target = new HttpTarget(settings.url())) {
      List<String> texts = Files.readAllLines(settings.texts());
      result = new LoadRun(settings, texts, target, LoadRun.Check.NONE, target).run();
    }
    System.exit(report(settings, result, System.out, System.err));
  }

  /** Writes the results; returns the exit status. */
  static int report(LoadSettings settings, LoadResult result, PrintStream out, PrintStream err)
      throws IOException {
    if (!result.heldItsRate()) {
      err.printf(
          "load: one request in a hundred was sent %.0f ms late (expected: at most 20 ms);"
              + " no figures%n",
          result.latenessMillis());
      return 1;
    }
    out.print(result.table());
    Files.writeString(Path.of(settings.results() + ".json"), result.json());
    Files.writeString(Path.of(settings.results() + ".svg"), LatencyPlot.svg(result));
    return 0;
  }
}
