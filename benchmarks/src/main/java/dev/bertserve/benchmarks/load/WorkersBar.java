package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
    List<String> few = ScoredFiles.copies(texts, 1);
    List<String> many = ScoredFiles.copies(texts, 1 + COPIES);
    double[][] rates = new double[WORKERS.length][ROUNDS];
    double[] starts = new double[ROUNDS];
    try (ScoredFiles files = new ScoredFiles(settings)) {
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < WORKERS.length; i++) {
          int workers = WORKERS[i];
          ScoredFiles.Scoring scoring = (input, output) -> run(settings, input, output, workers);
          double start = files.seconds(few, scoring);
          double seconds = files.seconds(many, scoring) - start;
          rates[i][round] = (double) workers * COPIES * texts.size() / seconds;
          System.out.printf("%d workers: %.1f rows/s%n", workers, rates[i][round]);
          if (workers == 1) {
            starts[round] = start - texts.size() / rates[i][round];
          }
        }
      }
    }
    int processors = Runtime.getRuntime().availableProcessors();
    double alone = AlternatingRounds.median(rates[0]);
    report.figure("start of a worker, s", AlternatingRounds.median(starts));
    for (int i = 0; i < WORKERS.length; i++) {
      double rate = AlternatingRounds.median(rates[i]);
      report.figure("rows/s of workers: " + WORKERS[i], rate);
      report.atLeast(
          "share of as many alone: " + WORKERS[i],
          rate / (alone * Math.min(WORKERS[i], processors)),
          MIN_SHARE);
    }
  }

  private static void run(BarSettings settings, Path input, Path output, int workers)
      throws IOException, InterruptedException {
    int processors = Runtime.getRuntime().availableProcessors();
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      List<String> pinned = List.of("taskset", "--cpu-list", Integer.toString(i % processors));
      processes.add(
          BulkBars.startPredict(settings, pinned, input, Path.of(output + "." + i + ".jsonl")));
    }
    for (Process process : processes) {
      BulkBars.requireSuccess(process);
    }
  }
}
