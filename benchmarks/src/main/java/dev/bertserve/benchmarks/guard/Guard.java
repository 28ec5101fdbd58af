package dev.bertserve.benchmarks.guard;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Fails when a benchmark has become slower against its reference of the same run. {@code
 * baseline.properties} holds, for each {@link Ratio}, what it was. Never an absolute time.
 */
public final class Guard {

  private static final int ROUNDS = 3;
  private static final double LEAST_OF_BASELINE = 0.9;

  /** For a machine that does other things too. */
  private static final int MOST_QUICK_ROUNDS = 5;

  private static final double LEAST_OF_BASELINE_QUICK = 0.5;

  private static final Set<String> QUICK =
      Set.of(
          "ParseBenchmark/reader/BERTSERVE/JACKSON/rows=64",
          "QueueBenchmark/queue/BERTSERVE/JDK/rows=64",
          "WriteBenchmark/writer/BERTSERVE/JACKSON/rows=64");

  private Guard() {}

  /**
   * Arguments: {@code full}, {@code quick} or {@code measure}, then the baseline's file. Measuring
   * prints a new baseline and judges nothing.
   */
  public static void main(String[] args) throws IOException, RunnerException {
    Properties baseline = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(args[1]), StandardCharsets.UTF_8)) {
      baseline.load(in);
    }
    boolean slower = false;
    for (String name : new TreeSet<>(baseline.stringPropertyNames())) {
      Ratio ratio = Ratio.parse(name);
      double before = Double.parseDouble(baseline.getProperty(name));
      slower |=
          switch (args[0]) {
            case "full" -> isSlower(name, median(rounds(ratio)), before, LEAST_OF_BASELINE);
            case "quick" -> QUICK.contains(name) && isSlowerInAllRounds(name, ratio, before);
            case "measure" -> {
              print(name, rounds(ratio));
              yield false;
            }
            default ->
                throw new IllegalArgumentException(
                    "guard: " + args[0] + " (expected: full, quick or measure)");
          };
    }
    if (slower) {
      System.exit(1);
    }
  }

  /** One good round is enough: others' load can only hide what the code can do. */
  private static boolean isSlowerInAllRounds(String name, Ratio ratio, double before)
      throws RunnerException {
    for (int round = 0; round < MOST_QUICK_ROUNDS; round++) {
      if (!isSlower(name, ratio.measure(), before, LEAST_OF_BASELINE_QUICK)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSlower(String name, double now, double before, double least) {
    boolean slower = now < before * least;
    System.out.printf(
        Locale.ROOT,
        "%s %s: ratio %.3f, baseline %.3f%n",
        slower ? "SLOWER" : "ok",
        name,
        now,
        before);
    return slower;
  }

  /** As a line of the baseline, after a comment with the spread. */
  private static void print(String name, double[] sorted) {
    System.out.printf(
        Locale.ROOT,
        "# %.3f to %.3f%n%s = %.3f%n",
        sorted[0],
        sorted[sorted.length - 1],
        name.replace("=", "\\="),
        median(sorted));
  }

  /** Sorted. */
  private static double[] rounds(Ratio ratio) throws RunnerException {
    double[] rounds = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      rounds[round] = ratio.measure();
    }
    Arrays.sort(rounds);
    return rounds;
  }

  private static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }
}
