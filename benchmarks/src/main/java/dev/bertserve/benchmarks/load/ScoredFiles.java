package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Compares what scores a file of texts with the engine's own loop over the same rows, in
 * alternating rounds. Each round scores a short and a long file: their difference leaves out the
 * start.
 */
final class ScoredFiles {

  private static final int ROUNDS = 5;

  private final BarSettings settings;
  private final List<String> texts;
  private final Path input;
  private final Path output;

  ScoredFiles(BarSettings settings, List<String> texts) {
    this.settings = settings;
    this.texts = texts;
    this.input = Path.of(settings.results() + ".input.txt");
    this.output = Path.of(settings.results() + ".output.jsonl");
  }

  /** Scores the lines of one file into another. */
  interface Scoring {
    void run(Path input, Path output) throws IOException, InterruptedException;
  }

  void measure(Scoring scoring, BarReport report, double least)
      throws IOException, InterruptedException {
    double[] ratios = new double[ROUNDS];
    double[] scored = new double[ROUNDS];
    double[] alone = new double[ROUNDS];
    int runners = Runtime.getRuntime().availableProcessors();
    try (EngineLoop engine = new EngineLoop(settings, runners)) {
      engine.rowsPerSecond(texts);
      double rate = engine.rowsPerSecond(texts);
      int copies = (int) Math.max(1, Math.ceil(settings.seconds() * rate / texts.size()));
      List<String> most = copies(texts, copies + 1);
      List<String> more = most.subList(texts.size(), most.size());
      List<String> few = most.subList(0, texts.size());
      seconds(few, scoring);
      for (int i = 0; i < ROUNDS; i++) {
        double start = seconds(few, scoring);
        scored[i] = more.size() / (seconds(most, scoring) - start);
        alone[i] = engine.rowsPerSecond(more);
        ratios[i] = scored[i] / alone[i];
        System.out.printf("round %d: scored %.1f, engine %.1f rows/s%n", i, scored[i], alone[i]);
      }
    } finally {
      Files.deleteIfExists(input);
      deleteOutput(output);
    }
    for (double[] figures : List.of(ratios, scored, alone)) {
      Arrays.sort(figures);
    }
    report.figure("scored rows/s, median", scored[ROUNDS / 2]);
    report.figure("engine rows/s, median", alone[ROUNDS / 2]);
    report.figure("ratio, least", ratios[0]);
    report.figure("ratio, most", ratios[ROUNDS - 1]);
    report.atLeast("ratio, median", ratios[ROUNDS / 2], least);
  }

  /** {@code texts} again and again, each time with another word, so that no text is known. */
  static List<String> copies(List<String> texts, int count) {
    return IntStream.range(0, count)
        .boxed()
        .flatMap(copy -> texts.stream().map(text -> text + " " + copy))
        .toList();
  }

  private double seconds(List<String> lines, Scoring scoring)
      throws IOException, InterruptedException {
    Files.write(input, lines);
    deleteOutput(output);
    long start = System.nanoTime();
    scoring.run(input, output);
    return (System.nanoTime() - start) / 1e9;
  }

  /** Deletes {@code output} and the files beside it whose names begin with its own. */
  static void deleteOutput(Path output) throws IOException {
    Path folder = output.toAbsolutePath().getParent();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, output.getFileName() + "*")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }
}
