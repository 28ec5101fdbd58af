package dev.bertserve.server.cli;

import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.OriginalModel;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.LoadedModel;
import dev.bertserve.server.wiring.LocalModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares the outputs of a model with known ones. */
@Command(name = "verify", description = "Compares the outputs of a model with known ones.")
final class VerifyCommand implements Callable<Integer> {

  private static final int BATCH_ROWS = 64;
  private static final double FP32_TOLERANCE = 1e-4;

  @Mixin private final ModelArgument model = new ModelArgument();

  @Parameters(
      index = "1",
      paramLabel = "GOLDENS",
      description =
          "JSON lines {\"inputs\":{name:value},\"outputs\":{name:[..]}}; - reads standard input.")
  private String goldens = "";

  @Option(
      names = "--tolerance",
      paramLabel = "D",
      description = "Largest allowed difference (1e-4 for fp32, 0.02 otherwise).")
  private @Nullable Double tolerance;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      description = "Number format: auto, fp32, bf16, fp16 or int8 (${DEFAULT-VALUE}).")
  private Precision precision = Precision.FP32;

  @Option(
      names = "--against-original",
      description = {
        "Compare with the outputs of the SavedModel's original graph for the inputs of GOLDENS, "
            + "which then need no outputs; requires --op-library."
      })
  private boolean againstOriginal;

  @Mixin private final OpLibraryOption opLibraries = new OpLibraryOption();

  @Override
  public Integer call() throws IOException {
    try (BufferedReader lines = Lines.open(goldens);
        LocalModel local = model.open();
        LoadedModel loaded = LoadedModel.load(local.location(), EngineSettings.of(precision, 1))) {
      if (!againstOriginal) {
        return verify(lines, loaded, List::copyOf);
      }
      try (OriginalModel original =
          OriginalModel.open(
              local.location().modelFolder(),
              local.location().signature(),
              opLibraries.paths(),
              Runtime.getRuntime().availableProcessors())) {
        List<InputSpec> inputs = loaded.model().signature().inputs();
        return verify(lines, loaded, new OriginalOutputs(original, inputs)::of);
      }
    }
  }

  private int verify(BufferedReader lines, LoadedModel loaded, UnaryOperator<List<Golden>> known)
      throws IOException {
    long rows = 0;
    double largest = 0;
    List<Golden> batch = new ArrayList<>(BATCH_ROWS);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      rows++;
      Golden golden = Golden.parse(line, rows, loaded.model().signature());
      if (golden.outputs().isEmpty() && !againstOriginal) {
        throw new IllegalArgumentException(
            "line " + rows + ": no outputs (expected: outputs, or --against-original)");
      }
      batch.add(golden);
      if (batch.size() == BATCH_ROWS) {
        largest = Math.max(largest, GoldenComparison.largestDifference(loaded, known.apply(batch)));
        batch.clear();
      }
    }
    if (!batch.isEmpty()) {
      largest = Math.max(largest, GoldenComparison.largestDifference(loaded, known.apply(batch)));
    }
    if (rows == 0) {
      throw new IllegalArgumentException("goldens: " + goldens + " (expected: at least one line)");
    }
    double limit = tolerance(loaded.precision());
    System.out.printf(
        Locale.ROOT,
        "rows %d, precision %s, largest difference %.3g (tolerance %.3g)%n",
        rows,
        loaded.precision().label(),
        largest,
        limit);
    // False if the difference is NaN.
    return largest <= limit ? 0 : 1;
  }

  private double tolerance(Precision served) {
    if (tolerance != null) {
      return tolerance;
    }
    return served == Precision.FP32 ? FP32_TOLERANCE : EngineSettings.DEFAULT_TOLERANCE;
  }
}
