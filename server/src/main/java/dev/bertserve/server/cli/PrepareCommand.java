package dev.bertserve.server.cli;

import dev.bertserve.server.savedmodel.PreparedFolder;
import dev.bertserve.server.savedmodel.SourceDigest;
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
import picocli.CommandLine.Parameters;

/** Writes a prepared model, which other commands open without the SavedModel. */
@Command(
    name = "prepare",
    description = "Writes a prepared model, which the other commands open like a SavedModel.")
final class PrepareCommand implements Callable<Integer> {

  @Mixin private final ModelArgument model = new ModelArgument();

  @Parameters(index = "1", paramLabel = "OUT", description = "A new directory.")
  private Path out = Path.of("");

  @Mixin private final CalibrationOption calibration = new CalibrationOption();

  @Override
  public Integer call() throws IOException {
    EngineSettings settings =
        new EngineSettings(
            Precision.INT8,
            EngineSettings.DEFAULT_TOLERANCE,
            Runtime.getRuntime().availableProcessors(),
            0,
            calibration.file());
    try (LocalModel local = model.open()) {
      ModelLocation location = local.location();
      PreparedFolder.write(
          LoadedModel.prepare(location, settings), SourceDigest.of(location.modelFolder()), out);
    }
    return 0;
  }
}
