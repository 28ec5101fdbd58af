package dev.bertserve.server.tensorflow;

import dev.bertserve.server.tensorflow.prepare.PreparedModel;
import dev.bertserve.server.tensorflow.rewrite.Encoder;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.TensorFlow;

/**
 * The engine in the form and the precision that this machine runs, found by running them.
 *
 * @param engine ready to run
 * @param precision that it runs in, never AUTO
 * @param device that it runs on, and why on that one; for the log
 */
public record EngineSelection(TensorFlowEngine engine, Precision precision, String device) {

  private static final Logger LOG = LoggerFactory.getLogger(EngineSelection.class);

  /**
   * Opens {@code model}.
   *
   * @param probe rows on which another precision is compared with float32
   */
  public static EngineSelection open(
      PreparedModel model, EngineSettings settings, List<TokenIds> probe) throws IOException {
    Device device = Device.ofThisMachine();
    Opening opening =
        new Opening(
            device,
            Encoder.recognise(model.graph().copy()),
            new TargetTrial(model, settings, probe));
    Precision wanted =
        settings.precision() == Precision.AUTO ? device.fastest() : settings.precision();
    if (wanted == Precision.FP32) {
      return opening.in(Precision.FP32);
    }
    // Side by side: each takes seconds for a large model, and one processor.
    CompletableFuture<List<float[]>> float32 =
        CompletableFuture.supplyAsync(() -> reference(model, settings, probe));
    EngineSelection rounded = opening.in(wanted);
    double moved;
    try {
      moved = largestDifference(float32.join(), rounded.engine().run(probe));
    } catch (RuntimeException e) {
      rounded.engine().close();
      throw e;
    }
    if (settings.precision() == Precision.AUTO && !(moved <= settings.tolerance())) {
      LOG.warn(
          "precision {} moves an answer by {} (expected: at most {}): serving in fp32",
          wanted.label(),
          format(moved),
          settings.tolerance());
      rounded.engine().close();
      return opening.in(Precision.FP32);
    }
    LOG.info(
        "precision {} moves answers by at most {} on {} texts",
        wanted.label(),
        format(moved),
        probe.size());
    return rounded;
  }

  /** Loads TensorFlow's libraries, which whatever needs them first would do else. */
  public static void loadLibraries() {
    LOG.debug("TensorFlow {}", TensorFlow.version());
  }

  /** {@code model} as it was exported, in float32: what the rewritten forms are compared with. */
  public static TensorFlowEngine openAsExported(PreparedModel model, EngineSettings settings)
      throws IOException {
    return new TensorFlowEngine(
        model.graph(), model.signature().outputs(), model.lengths(), settings);
  }

  private static String format(double difference) {
    return String.format(Locale.ROOT, "%.2g", difference);
  }

  /** NaN where an answer is not a number. */
  private static double largestDifference(List<float[]> expected, List<float[]> found) {
    double largest = 0;
    for (int i = 0; i < expected.size(); i++) {
      for (int k = 0; k < expected.get(i).length; k++) {
        double difference = Math.abs(expected.get(i)[k] - found.get(i)[k]);
        if (!(difference <= largest)) {
          largest = difference;
        }
        if (Double.isNaN(largest)) {
          return largest;
        }
      }
    }
    return largest;
  }

  /** The probe's answers by the graph as it was exported: what any other form is held to. */
  private static List<float[]> reference(
      PreparedModel model, EngineSettings settings, List<TokenIds> probe) {
    try (TensorFlowEngine engine = openAsExported(model, settings)) {
      return engine.run(probe);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Opening(Device device, Encoder encoder, TargetTrial trial) {

    EngineSelection in(Precision precision) throws IOException {
      TensorFlowEngine engine =
          trial.open(device.targets(precision), target -> encoder.lower(precision.type(), target));
      return new EngineSelection(engine, precision, device.reason());
    }
  }
}
