package dev.bertserve.server.tensorflow;

import dev.bertserve.server.tensorflow.prepare.PreparedModel;
import dev.bertserve.server.tensorflow.prepare.Reference;
import dev.bertserve.server.tensorflow.rewrite.Encoder;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.TensorFlow;

/**
 * The engine in the form and the precision that this machine runs, found by running them.
 *
 * @param engine ready to run
 * @param precision that it runs in, never AUTO
 * @param mostRunners batches side by side of which more gain nothing
 * @param device that it runs on, and why on that one; for the log
 */
public record EngineSelection(
    TensorFlowEngine engine, Precision precision, int mostRunners, String device) {

  /** Of answers up to 1; of others, their share. Sums in another order move them by less. */
  private static final double FLOAT32_TOLERANCE = 1e-4;

  private static final Logger LOG = LoggerFactory.getLogger(EngineSelection.class);

  /**
   * Opens {@code model}.
   *
   * @param probe rows on which its forms are compared, unless it is known what it answers to others
   */
  public static EngineSelection open(
      PreparedModel model, EngineSettings settings, List<TokenIds> probe) throws IOException {
    Reference reference =
        model.reference().rows().isEmpty() ? reference(model, settings, probe) : model.reference();
    Device device = Device.ofThisMachine();
    Encoder encoder = Encoder.recognise(model.graph().copy(), model.lengths().fixed());
    Opening opening =
        new Opening(
            device,
            Math.max(encoder.width(), model.encoder().width()),
            encoder,
            new TargetTrial(
                model.signature().outputs(),
                model.lengths(),
                device.tiles().atMost(settings.tileTokens()),
                settings.threadsPerRun(),
                reference.rows()));
    Precision wanted =
        settings.precision() == Precision.AUTO ? device.fastest() : settings.precision();
    if (wanted != Precision.FP32) {
      TensorFlowEngine engine = opening.in(wanted);
      double moved = reference.largestMove(engine.run(reference.rows()));
      if (settings.precision() != Precision.AUTO || moved <= settings.tolerance()) {
        LOG.info(
            "precision {} moves answers by at most {} on {} texts",
            wanted.label(),
            format(moved),
            reference.rows().size());
        return of(engine, wanted, device);
      }
      engine.close();
      LOG.warn(
          "precision {} moves an answer by {} (expected: at most {}): serving in fp32",
          wanted.label(),
          format(moved),
          settings.tolerance());
    }
    TensorFlowEngine engine = opening.in(Precision.FP32);
    double moved = reference.largestRelativeMove(engine.run(reference.rows()));
    if (moved <= FLOAT32_TOLERANCE) {
      return of(engine, Precision.FP32, device);
    }
    engine.close();
    LOG.warn(
        "the rewritten graph moves an answer by {} (expected: at most {}): serving it as exported",
        format(moved),
        FLOAT32_TOLERANCE);
    return of(openAsExported(model, settings, device.tiles()), Precision.FP32, device);
  }

  private static EngineSelection of(TensorFlowEngine engine, Precision precision, Device device) {
    return new EngineSelection(engine, precision, device.mostRunners(), device.reason());
  }

  /** Runs {@code rows} through the graph as it was exported. */
  public static Reference reference(
      PreparedModel model, EngineSettings settings, List<TokenIds> rows) throws IOException {
    try (TensorFlowEngine engine = openAsExported(model, settings)) {
      return new Reference(rows, engine.run(rows));
    }
  }

  /** Loads TensorFlow's libraries, which whatever needs them first would do else. */
  public static void loadLibraries() {
    LOG.debug("TensorFlow {}", TensorFlow.version());
  }

  /** {@code model} as it was exported, in float32: what the rewritten forms are compared with. */
  public static TensorFlowEngine openAsExported(PreparedModel model, EngineSettings settings)
      throws IOException {
    // Small tiles run everywhere, and nobody waits for these.
    return openAsExported(model, settings, TileRule.OF_CPUS);
  }

  private static TensorFlowEngine openAsExported(
      PreparedModel model, EngineSettings settings, TileRule tiles) throws IOException {
    return new TensorFlowEngine(
        model.graph(),
        model.signature().outputs(),
        model.lengths(),
        tiles.atMost(settings.tileTokens()),
        GraphForm.AS_EXPORTED,
        settings.threadsPerRun());
  }

  private static String format(double difference) {
    return String.format(Locale.ROOT, "%.2g", difference);
  }

  private record Opening(Device device, int width, Encoder encoder, TargetTrial trial) {

    TensorFlowEngine in(Precision precision) throws IOException {
      return trial.open(
          device.targets(precision, width, trial.threadsPerRun()),
          precision,
          target -> encoder.lower(precision.type(), target));
    }
  }
}
