package dev.bertserve.server.cli;

import dev.bertserve.server.prepared.Move;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.Quantised;
import dev.bertserve.server.prepared.Reference;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.EncodedRow;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.Throughput;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.server.tensorflow.EngineSelection;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.OriginalModel;
import dev.bertserve.server.wiring.LoadedModel;
import dev.bertserve.server.wiring.LocalModel;
import dev.bertserve.server.wiring.ModelLocation;
import dev.bertserve.server.wiring.ProbeTexts;
import dev.bertserve.tokenizer.TokenIds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells whether a model is exact and fast on this machine. */
@Command(
    name = "check",
    description = "Tells whether a model will be exact and fast on this machine.")
final class CheckCommand implements Callable<Integer> {

  private static final int MAX_TEXTS = 1_000;
  private static final int[] TIMED_TOKENS = {32, 128};
  private static final long TIMED_NANOS = TimeUnit.SECONDS.toNanos(1);

  @Mixin private final ModelArgument model = new ModelArgument();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TEXTS",
      description = {
        "Texts, one a line, to compare outputs on; at most 1000 are read, and - is standard input.",
        "Without it, a few built-in ones."
      })
  private String texts = "";

  @Mixin private final PrecisionOption precision = new PrecisionOption();

  @Mixin private final OpLibraryOption opLibraries = new OpLibraryOption();

  private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

  @Override
  public Integer call() throws IOException {
    EngineSettings settings = EngineSettings.of(precision.precision(), 1);
    List<String> lines = lines();
    try (LocalModel local = model.open();
        LoadedModel loaded = LoadedModel.load(local.location(), settings)) {
      describe(loaded.model());
      loaded.model().quantised().flatMap(Quantised::trial).ifPresent(trial -> print("int8", trial));
      int inputs = loaded.model().signature().leastTexts();
      List<List<String>> rows =
          lines.isEmpty()
              ? ProbeTexts.rowsOf(inputs)
              : lines.stream().map(line -> Collections.nCopies(inputs, line)).toList();
      compareWithExported(loaded, settings, rows);
      compareWithOriginal(loaded, local.location(), rows);
      time(loaded);
      print("memory", residentMegabytes() + " MB, of this process");
    }
    return 0;
  }

  private void describe(PreparedModel prepared) {
    Encoder encoder = prepared.recognised();
    print("understood", "yes, signature " + prepared.signatureName());
    print(
        "tokenizer",
        prepared.tokenizer().source().kind()
            + ", "
            + prepared.tokenizer().source().sequenceLength()
            + " tokens at most");
    print("rewritten", encoder.matches());
    print("left as exported", encoder.missed());
    print("padding", padding(prepared, encoder));
  }

  private static String padding(PreparedModel prepared, Encoder encoder) {
    if (encoder.packsRows()) {
      return "almost none, rows share sequences";
    }
    return prepared.lengths(encoder).least() == 1
        ? "to the longest row of a batch"
        : "every row to the sequence length";
  }

  /** The texts to compare outputs on; none for the built-in ones. */
  private List<String> lines() throws IOException {
    if (texts.isEmpty()) {
      return List.of();
    }
    try (BufferedReader file = Lines.open(texts)) {
      List<String> lines = file.lines().limit(MAX_TEXTS).toList();
      if (lines.isEmpty()) {
        throw new IllegalArgumentException("texts: " + texts + " (expected: at least one line)");
      }
      return lines;
    }
  }

  private void compareWithExported(
      LoadedModel loaded, EngineSettings settings, List<List<String>> rows) throws IOException {
    String precision = loaded.precision().label() + " on " + loaded.device();
    if (!loaded.model().hasFloats()) {
      print("precision", precision + "; not compared (the model was prepared for int8 only)");
      return;
    }
    List<TokenIds> ids = new ArrayList<>();
    for (List<String> row : rows) {
      ids.add(loaded.encoding().encode(row.toArray(String[]::new)).ids());
    }
    Reference exported = EngineSelection.reference(loaded.model(), settings, ids);
    Move move = exported.move(loaded.engine().runAll(TokenRow.allOf(ids)));
    print("precision", precision + "; changes outputs by " + move);
  }

  private void compareWithOriginal(
      LoadedModel loaded, ModelLocation location, List<List<String>> rows) throws IOException {
    if (opLibraries.paths().isEmpty()) {
      print("original graph", "not compared (needs --op-library)");
      return;
    }
    try (OriginalModel original =
        OriginalModel.open(
            location.modelFolder(),
            location.signature(),
            opLibraries.paths(),
            Runtime.getRuntime().availableProcessors())) {
      ModelSignature served = loaded.model().signature();
      List<Column> others = blank(served);
      List<Golden> goldens = new ArrayList<>();
      for (List<String> row : rows) {
        goldens.add(new Golden(row, others, List.of()));
      }
      OriginalOutputs known = new OriginalOutputs(original, served.inputs());
      print(
          "original graph",
          String.format(
              Locale.ROOT,
              "outputs differ by at most %.2g on %d texts",
              GoldenComparison.largestDifference(loaded, known.of(goldens)),
              rows.size()));
    }
  }

  /** One row of empty texts and zeros for the inputs that only outputs need. */
  private static List<Column> blank(ModelSignature signature) {
    List<Column> others = new ArrayList<>();
    for (InputSpec input : signature.others()) {
      Column column = Column.ofSize(input.type(), input.rowSize());
      if (column instanceof Column.Texts texts) {
        Arrays.fill(texts.values(), "");
      }
      others.add(column);
    }
    return others;
  }

  private void time(LoadedModel loaded) {
    int runners = Math.max(1, loaded.maxRunners());
    Throughput throughput = new Throughput(loaded.engine(), runners, TIMED_NANOS);
    for (int length : TIMED_TOKENS) {
      EncodedRow row = rowOf(length, loaded);
      print(
          "rows a second",
          String.format(
              Locale.ROOT,
              "%.0f of %d tokens, %d at a time",
              throughput.rowsPerSecond(row, System::nanoTime),
              row.tokens(),
              runners));
    }
  }

  /** A row of {@code length} tokens, or as many as the model reads. */
  private static EncodedRow rowOf(int length, LoadedModel loaded) {
    String[] row = new String[loaded.model().signature().leastTexts()];
    EncodedRow encoded = loaded.encoding().encode(Collections.nCopies(row.length, "").toArray(row));
    for (int words = 1; words <= length && encoded.tokens() < length; words++) {
      Arrays.fill(row, "good ".repeat(words));
      encoded = loaded.encoding().encode(row);
    }
    return encoded;
  }

  private static long residentMegabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    throw new IOException("/proc/self/status: no VmRSS (expected: as Linux writes it)");
  }

  private void print(String name, Object value) {
    out.printf("%-18s %s%n", name, value);
  }
}
