package dev.bertserve.server.cli;

import dev.bertserve.server.prepared.PreparedFolder;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.SourceDigest;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.LoadedModel;
import dev.bertserve.server.wiring.LocalModel;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a prepared model, which other commands open without the SavedModel. */
@Command(
    name = "prepare",
    description = "Writes a prepared model, which the other commands open like a SavedModel.")
final class PrepareCommand implements Callable<Integer> {

  @Mixin private final ModelArgument model = new ModelArgument();

  @Parameters(index = "1", paramLabel = "OUT", description = "A new directory.")
  private Path out = Path.of("");

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "auto",
      description = {
        "auto keeps the model in every precision; "
            + "int8 leaves out the weights that only the others read."
      })
  private Precision precision = Precision.AUTO;

  @Option(
      names = "--precision-tolerance",
      paramLabel = "D",
      defaultValue = "" + EngineSettings.DEFAULT_TOLERANCE,
      description =
          "Where 8-bit products change an output by more, fewer products are rounded"
              + " (${DEFAULT-VALUE}).")
  private double tolerance = EngineSettings.DEFAULT_TOLERANCE;

  @Mixin private final CalibrationOption calibration = new CalibrationOption();

  @Override
  public Integer call() throws IOException {
    if (precision != Precision.AUTO && precision != Precision.INT8) {
      throw new IllegalArgumentException(
          "precision: " + precision.label() + " (expected: auto or int8)");
    }
    // Before the work, which takes minutes for a large model
    PreparedFolder.requireNew(out);
    EngineSettings settings =
        new EngineSettings(
            Precision.INT8,
            tolerance,
            Runtime.getRuntime().availableProcessors(),
            0,
            calibration.file());
    try (LocalModel local = model.open()) {
      ModelLocation location = local.location();
      PreparedModel prepared = LoadedModel.prepare(location, settings);
      PreparedFolder.write(
          precision == Precision.INT8 ? prepared.inInt8Only() : prepared,
          SourceDigest.of(location.modelFolder()),
          out);
    }
    return 0;
  }
}
