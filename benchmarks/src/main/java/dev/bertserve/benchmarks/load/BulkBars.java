package dev.bertserve.benchmarks.load;

import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.TextModel;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The bars of scoring without a server. */
final class BulkBars {

  private static final double MIN_PREDICT_RATIO = 0.97;
  private static final double MIN_BEAM_RATIO = 0.9;
  private static final double MAX_RISE = 0.05;
  private static final double SETTLED = 0.3;
  private static final int OPENS = 50;
  private static final int FEW_OPENS = 5;
  private static final int BATCH = 64;
  private static final int LONG_TEXT_CHARACTERS = 60_000;
  private static final long FILE_BYTES = 2L << 30;

  private BulkBars() {}

  /** The command, as a process of its own, relative to the engine's own loop. */
  static void predict(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    compare(
        settings,
        texts,
        (input, output) -> requireSuccess(startPredict(settings, List.of(), input, output)),
        MIN_PREDICT_RATIO,
        report);
  }

  /** Beam's direct runner, in this process, relative to the engine's own loop. */
  static void beam(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    compare(
        settings,
        texts,
        (input, output) -> DirectPipeline.run(settings, input, output),
        MIN_BEAM_RATIO,
        report);
  }

  /** A round scores a short file and a long one: their difference leaves out the start. */
  private static void compare(
      BarSettings settings,
      List<String> texts,
      ScoredFiles.Scoring scoring,
      double least,
      BarReport report)
      throws IOException, InterruptedException {
    int runners = Runtime.getRuntime().availableProcessors();
    try (EngineLoop engine = new EngineLoop(settings, runners);
        ScoredFiles files = new ScoredFiles(settings)) {
      engine.rowsPerSecond(texts);
      double rate = engine.rowsPerSecond(texts);
      int copies = (int) Math.max(1, Math.ceil(settings.seconds() * rate / texts.size()));
      List<String> all = ScoredFiles.copies(texts, copies + 1);
      List<String> few = all.subList(0, texts.size());
      List<String> rest = all.subList(texts.size(), all.size());
      files.seconds(few, scoring);
      AlternatingRounds.measure(
          "scored",
          () -> {
            double start = files.seconds(few, scoring);
            return rest.size() / (files.seconds(all, scoring) - start);
          },
          () -> engine.rowsPerSecond(rest),
          least,
          report);
    }
  }

  /** Memory of the command over a file of 2 GB, whose texts are long so that it ends in minutes. */
  static void memory(BarSettings settings, List<String> texts, BarReport report)
      throws IOException, InterruptedException {
    try (ScoredFiles files = new ScoredFiles(settings)) {
      writeLongTexts(texts, files.input());
      files.seconds(
          (input, output) -> {
            Process process = startPredict(settings, List.of(), input, output);
            try (Memory memory = new Memory(process.pid())) {
              requireSuccess(process);
              Trend trend = memory.trend(SETTLED);
              report.figure("input, MB", Files.size(input) / 1e6);
              report.figure("memory, MB", trend.mean());
              report.atMost("memory, rise of the settled part", trend.rise(), MAX_RISE);
            }
          });
    }
  }

  /** Memory of this process while a model is opened and closed again and again. */
  static void opens(BarSettings settings, List<String> texts, BarReport report) throws IOException {
    ModelOptions options = ModelOptions.DEFAULT.withPrecision(settings.precision().label());
    double[] megabytes = new double[OPENS];
    for (int i = 0; i < OPENS; i++) {
      try (TextModel model = TextModel.open(settings.model().toString(), options)) {
        model.predict(texts.subList(0, Math.min(BATCH, texts.size())));
      }
      // What the heap may still collect is no part of a model
      System.gc();
      megabytes[i] = Memory.residentMegabytes(ProcessHandle.current().pid());
      System.out.printf("open %d: %.1f MB%n", i + 1, megabytes[i]);
    }
    double first = AlternatingRounds.median(Arrays.copyOf(megabytes, FEW_OPENS));
    double last = AlternatingRounds.median(Arrays.copyOfRange(megabytes, OPENS - FEW_OPENS, OPENS));
    report.figure("memory of the first five, median, MB", first);
    report.figure("memory of the last five, median, MB", last);
    report.atMost("rise", last / first - 1, MAX_RISE);
  }

  /**
   * @param before words of a command that starts others, or none
   */
  static Process startPredict(BarSettings settings, List<String> before, Path input, Path output)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(settings.distribution().resolve("bin/bertserve").toString());
    command.addAll(List.of("predict", settings.model().toString(), input.toString()));
    command.addAll(List.of("--precision", settings.precision().label()));
    command.addAll(List.of("--output", output.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  static void requireSuccess(Process predict) throws IOException, InterruptedException {
    int status = predict.waitFor();
    if (status != 0) {
      throw new IOException("predict: exit status " + status + " (expected: 0)");
    }
  }

  private static void writeLongTexts(List<String> texts, Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      int next = 0;
      for (long written = 0; written < FILE_BYTES; written += text.length() + 1) {
        text.setLength(0);
        while (text.length() < LONG_TEXT_CHARACTERS) {
          text.append(texts.get(next++ % texts.size())).append(' ');
        }
        lines.append(text).append('\n');
      }
    }
  }
}
