package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An open-loop load run against a server, which refuses to report if it missed its own rate. Run
 * with the arguments of {@link LoadSettings#USAGE}; prints a table, writes RESULTS.json and
 * RESULTS.svg; exits 1 without figures if the rate was missed.
 */
public final class Load {

  private Load() {}

  public static void main(String[] args) throws IOException {
    LoadSettings settings = LoadSettings.parse(args);
    LoadRun run =
        new LoadRun(
            settings,
            Files.readAllLines(settings.texts()),
            new HttpTarget(settings.url()),
            LoadRun.Check.NONE,
            Time.SYSTEM);
    System.exit(report(settings, run.run(), System.out, System.err));
  }

  /** Writes what came of it; answers the exit status. */
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
