package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/** Compares a rate with that of the engine's own loop in alternating rounds. */
final class AlternatingRounds {

  private static final int ROUNDS = 5;

  private AlternatingRounds() {}

  /** One round; returns rows per second. */
  interface Round {
    double run() throws IOException, InterruptedException;
  }

  /**
   * Reports the rates of both and their ratio, whose median must be at least {@code least}.
   *
   * @param name of what is compared
   */
  static void measure(String name, Round compared, Round engine, double least, BarReport report)
      throws IOException, InterruptedException {
    double[] rates = new double[ROUNDS];
    double[] alone = new double[ROUNDS];
    double[] ratios = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      rates[i] = compared.run();
      alone[i] = engine.run();
      ratios[i] = rates[i] / alone[i];
      System.out.printf(
          Locale.ROOT, "round %d: %s %.1f, engine %.1f rows/s%n", i, name, rates[i], alone[i]);
    }
    report.figure(name + " rows/s, median", median(rates));
    report.figure("engine rows/s, median", median(alone));
    report.figure("ratio, least", Arrays.stream(ratios).min().orElseThrow());
    report.figure("ratio, most", Arrays.stream(ratios).max().orElseThrow());
    report.atLeast("ratio, median", median(ratios), least);
  }

  /** The larger of the two in the middle, if their number is even. */
  static double median(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
