package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** A file of texts, and the files of their scores, beside the results. Close deletes them. */
final class ScoredFiles implements AutoCloseable {

  private final Path input;
  private final Path output;

  ScoredFiles(BarSettings settings) {
    this.input = Path.of(settings.results() + ".input.txt");
    this.output = Path.of(settings.results() + ".output.jsonl");
  }

  /** Scores the lines of one file into another, or into files whose names begin with its name. */
  interface Scoring {
    void run(Path input, Path output) throws IOException, InterruptedException;
  }

  /** {@code texts} again and again, each time with another word, so that no cache knows them. */
  static List<String> copies(List<String> texts, int count) {
    return IntStream.range(0, count)
        .boxed()
        .flatMap(copy -> texts.stream().map(text -> text + " " + copy))
        .toList();
  }

  /** Where texts can be written that are too many for a list. */
  Path input() {
    return input;
  }

  /** Seconds that {@code scoring} takes for {@code lines}. */
  double seconds(List<String> lines, Scoring scoring) throws IOException, InterruptedException {
    Files.write(input, lines);
    return seconds(scoring);
  }

  /** Seconds that {@code scoring} takes for the texts in {@link #input}. */
  double seconds(Scoring scoring) throws IOException, InterruptedException {
    deleteOutput();
    long start = System.nanoTime();
    scoring.run(input, output);
    return (System.nanoTime() - start) / 1e9;
  }

  private void deleteOutput() throws IOException {
    Path folder = output.toAbsolutePath().getParent();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, output.getFileName() + "*")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(input);
    deleteOutput();
  }
}
