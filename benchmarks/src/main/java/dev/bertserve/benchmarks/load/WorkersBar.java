package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores shares of a table by 1, 2 and 4 processes of {@code predict}, each pinned to a processor
 * that it shares with others if there are more processes than processors.
 */
final class WorkersBar {

  private static final int[] WORKERS = {1, 2, 4};
  private static final int ROUNDS = 3;
  private static final int COPIES = 8;
  private static final double MIN_SHARE = 0.9;

  private WorkersBar() {}

  static void measure(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    Path input = Path.of(settings.results() + ".input.txt");
    double[][] rates = new double[WORKERS.length][ROUNDS];
    double[] starts = new double[ROUNDS];
    try {
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < WORKERS.length; i++) {
          Files.write(input, ScoredFiles.copies(texts, 1));
          double few = seconds(settings, input, WORKERS[i]);
          Files.write(input, ScoredFiles.copies(texts, 1 + COPIES));
          double more = seconds(settings, input, WORKERS[i]) - few;
          rates[i][round] = (double) WORKERS[i] * COPIES * texts.size() / more;
          System.out.printf("%d workers: %.1f rows/s%n", WORKERS[i], rates[i][round]);
          if (WORKERS[i] == 1) {
            starts[round] = few - texts.size() / rates[i][round];
          }
        }
      }
    } finally {
      Files.deleteIfExists(input);
    }
    int processors = Runtime.getRuntime().availableProcessors();
    double alone = median(rates[0]);
    report.figure("start of a worker, s", median(starts));
    for (int i = 0; i < WORKERS.length; i++) {
      double rate = median(rates[i]);
      report.figure("rows/s of workers: " + WORKERS[i], rate);
      report.atLeast(
          "share of as many alone: " + WORKERS[i],
          rate / (alone * Math.min(WORKERS[i], processors)),
          MIN_SHARE);
    }
  }

  private static double seconds(BarSettings settings, Path input, int workers)
      throws IOException, InterruptedException {
    int processors = Runtime.getRuntime().availableProcessors();
    Path output = Path.of(settings.results() + ".output");
    ScoredFiles.deleteOutput(output);
    long start = System.nanoTime();
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      List<String> pinned = List.of("taskset", "--cpu-list", Integer.toString(i % processors));
      processes.add(
          BulkBars.startPredict(settings, pinned, input, Path.of(output + "." + i + ".jsonl")));
    }
    for (Process process : processes) {
      BulkBars.requireSuccess(process);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    ScoredFiles.deleteOutput(output);
    return seconds;
  }

  static double median(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
