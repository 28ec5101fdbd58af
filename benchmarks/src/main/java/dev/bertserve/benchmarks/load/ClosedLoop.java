package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends all texts once, in requests of 64 rows over 8 connections; each waits for its response. */
final class ClosedLoop {

  static final int CONNECTIONS = 8;
  static final int ROWS = 64;

  /**
   * The result.
   *
   * @param answers the outputs of each text
   */
  record Outcome(double rowsPerSecond, List<double[]> answers) {}

  private ClosedLoop() {}

  static Outcome run(int port, List<String> texts) throws IOException, InterruptedException {
    double[][] answers = new double[texts.size()][];
    AtomicInteger next = new AtomicInteger();
    long start = System.nanoTime();
    try (Workers workers = new Workers()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        workers.start(() -> ask(port, texts, next, answers));
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Outcome(texts.size() / seconds, Arrays.asList(answers));
  }

  private static void ask(int port, List<String> texts, AtomicInteger next, double[][] answers)
      throws IOException {
    try (KeptConnection connection = new KeptConnection(port)) {
      for (int from = next.getAndAdd(ROWS); from < texts.size(); from = next.getAndAdd(ROWS)) {
        List<String> rows = texts.subList(from, Math.min(texts.size(), from + ROWS));
        Target.Reply answer = connection.ask(rows);
        if (answer.status() != LoadResult.OK) {
          throw new IOException("status: " + answer.status() + " " + answer.body());
        }
        double[] numbers = Json.numbers(answer.body());
        int width = numbers.length / rows.size();
        for (int i = 0; i < rows.size(); i++) {
          answers[from + i] = Arrays.copyOfRange(numbers, i * width, (i + 1) * width);
        }
      }
    }
  }
}
