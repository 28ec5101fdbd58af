package dev.bertserve.server;

import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.tokenizer.TokenIds;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares a model's answers with known ones. */
@Command(name = "verify", description = "Compares a model's answers with known ones.")
final class VerifyCommand implements Callable<Integer> {

  private static final int BATCH_ROWS = 64;

  @Parameters(index = "0", paramLabel = "MODEL", description = "A SavedModel directory.")
  private String model = "";

  @Parameters(
      index = "1",
      paramLabel = "GOLDENS",
      description =
          "JSON lines {\"inputs\":{name:text},\"outputs\":{name:[..]}}; - reads standard input.")
  private String goldens = "";

  @Option(
      names = "--tolerance",
      paramLabel = "D",
      defaultValue = "1e-4",
      description = "Largest difference that passes (${DEFAULT-VALUE}).")
  private double tolerance;

  @Override
  public Integer call() throws IOException {
    try (LoadedModel loaded =
            LoadedModel.load(
                ModelLocation.of(model).folder(),
                new EngineSettings(Runtime.getRuntime().availableProcessors()));
        BufferedReader lines = Lines.open(goldens)) {
      long rows = 0;
      double largest = 0;
      List<Golden> batch = new ArrayList<>(BATCH_ROWS);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rows++;
        batch.add(Golden.parse(line, rows, loaded.model().signature()));
        if (batch.size() == BATCH_ROWS) {
          largest = Math.max(largest, largestDifference(loaded, batch));
          batch.clear();
        }
      }
      if (!batch.isEmpty()) {
        largest = Math.max(largest, largestDifference(loaded, batch));
      }
      System.out.printf(
          Locale.ROOT,
          "rows %d, largest difference %.3g (tolerance %.3g)%n",
          rows,
          largest,
          tolerance);
      if (rows == 0) {
        throw new IllegalArgumentException(
            "goldens: " + goldens + " (expected: at least one line)");
      }
      // NaN passes no comparison.
      return largest <= tolerance ? 0 : 1;
    }
  }

  private static double largestDifference(LoadedModel loaded, List<Golden> goldens) {
    List<TokenIds> rows = new ArrayList<>(goldens.size());
    for (Golden golden : goldens) {
      rows.add(
          golden.texts().size() == 1
              ? loaded.tokenizer().tokenize(golden.texts().get(0))
              : loaded.tokenizer().tokenize(golden.texts().get(0), golden.texts().get(1)));
    }
    List<float[]> answers = loaded.engine().run(rows);
    List<OutputSpec> outputs = loaded.engine().outputs();
    double largest = 0;
    for (int row = 0; row < goldens.size(); row++) {
      for (int i = 0; i < outputs.size(); i++) {
        double[] expected = goldens.get(row).outputs().get(i);
        for (int k = 0; k < expected.length; k++) {
          double difference = Math.abs(answers.get(i)[row * expected.length + k] - expected[k]);
          if (Double.isNaN(difference) || difference > largest) {
            largest = difference;
          }
          if (Double.isNaN(largest)) {
            return largest;
          }
        }
      }
    }
    return largest;
  }
}
