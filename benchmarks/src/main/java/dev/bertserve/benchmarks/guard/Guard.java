package dev.bertserve.benchmarks.guard;

import dev.bertserve.server.tensorflow.EngineSelection;
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
 * Fails if a benchmark has become slower relative to its reference in the same run. {@code
 * baseline.properties} has the baseline of each {@link Ratio}; absolute times are never compared.
 */
public final class Guard {

  private static final int ROUNDS = 3;
  private static final double MIN_OF_BASELINE = 0.9;

  /** For a machine with other load. */
  private static final int MAX_QUICK_ROUNDS = 5;

  private static final double MIN_OF_BASELINE_QUICK = 0.5;

  private static final Set<String> QUICK =
      Set.of(
          "ParseBenchmark/reader/BERTSERVE/JACKSON/rows=64",
          "QueueBenchmark/queue/BERTSERVE/JDK/rows=64",
          "WriteBenchmark/writer/BERTSERVE/JACKSON/rows=64");

  private static final String INT8 = "/INT8/";

  private Guard() {}

  /**
   * Arguments: {@code full}, {@code quick} or {@code measure}, then the baseline's file. {@code
   * measure} prints a new baseline and never fails.
   */
  public static void main(String[] args) throws IOException, RunnerException {
    Properties baseline = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(args[1]), StandardCharsets.UTF_8)) {
      baseline.load(in);
    }
    boolean slower = false;
    for (String name : new TreeSet<>(baseline.stringPropertyNames())) {
      if (name.contains(INT8) && !EngineSelection.hasInt8()) {
        System.out.printf("skipped %s: this processor has no 8-bit products (VNNI, AMX)%n", name);
        continue;
      }
      Ratio ratio = Ratio.parse(name);
      double before = Double.parseDouble(baseline.getProperty(name));
      slower |=
          switch (args[0]) {
            case "full" -> isSlower(name, median(rounds(ratio)), before, MIN_OF_BASELINE);
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

  /** One good round is enough, since other load can only slow the code down. */
  private static boolean isSlowerInAllRounds(String name, Ratio ratio, double before)
      throws RunnerException {
    for (int round = 0; round < MAX_QUICK_ROUNDS; round++) {
      if (!isSlower(name, ratio.measure(), before, MIN_OF_BASELINE_QUICK)) {
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

  /** Prints a line of the baseline, after a comment with the spread. */
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
