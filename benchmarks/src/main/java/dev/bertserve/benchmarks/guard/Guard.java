package dev.bertserve.benchmarks.guard;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import java.util.TreeSet;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Fails when a benchmark has become slower against its reference of the same run. {@code
 * baseline.properties} holds, for each {@link Ratio}, what it was; a tenth less fails. Never an
 * absolute time.
 */
public final class Guard {

  private static final double LEAST_OF_BASELINE = 0.9;

  private Guard() {}

  /** Runs {@code mvn -Pbench verify}'s comparisons; the argument is the baseline's file. */
  public static void main(String[] args) throws IOException, RunnerException {
    Properties baseline = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(args[0]), StandardCharsets.UTF_8)) {
      baseline.load(in);
    }
    boolean slower = false;
    for (String name : new TreeSet<>(baseline.stringPropertyNames())) {
      double before = Double.parseDouble(baseline.getProperty(name));
      double now = measure(Ratio.parse(name));
      boolean fails = now < before * LEAST_OF_BASELINE;
      slower |= fails;
      System.out.printf(
          Locale.ROOT,
          "%s %s: ratio %.2f, baseline %.2f%n",
          fails ? "SLOWER" : "ok",
          name,
          now,
          before);
    }
    if (slower) {
      System.exit(1);
    }
  }

  /** Score over reference score. */
  private static double measure(Ratio ratio) throws RunnerException {
    return score(ratio, ratio.subject()) / score(ratio, ratio.reference());
  }

  private static double score(Ratio ratio, String value) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\." + ratio.benchmark() + "\\.")
            .param(ratio.parameter(), value)
            .shouldFailOnError(true);
    ratio.others().forEach(options::param);
    RunResult result = new Runner(options.build()).runSingle();
    return result.getPrimaryResult().getScore();
  }
}
