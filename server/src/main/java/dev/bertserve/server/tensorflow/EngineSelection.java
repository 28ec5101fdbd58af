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
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.DataType;

/**
 * The engine in the form and the precision that this machine runs, found by running them.
 *
 * @param engine ready to run
 * @param precision that it runs in, never AUTO
 */
public record EngineSelection(TensorFlowEngine engine, Precision precision) {

  private static final Logger LOG = LoggerFactory.getLogger(EngineSelection.class);

  /**
   * Opens {@code model}.
   *
   * @param probe rows on which another precision is compared with float32
   */
  public static EngineSelection open(
      PreparedModel model, EngineSettings settings, List<TokenIds> probe) throws IOException {
    Opening opening = new Opening(model, Encoder.recognise(model.graph().copy()), settings, probe);
    Precision wanted = settings.precision();
    if (wanted == Precision.AUTO) {
      wanted = CpuFeatures.ofThisMachine().hasBfloat16() ? Precision.BF16 : Precision.FP32;
    }
    if (wanted == Precision.FP32) {
      return new EngineSelection(opening.open(DataType.DT_FLOAT), Precision.FP32);
    }
    // Side by side: each takes seconds for a large model, and one processor.
    CompletableFuture<List<float[]>> float32 = CompletableFuture.supplyAsync(opening::reference);
    TensorFlowEngine bfloat16 = opening.open(DataType.DT_BFLOAT16);
    double moved;
    try {
      moved = largestDifference(float32.join(), bfloat16.run(probe));
    } catch (RuntimeException e) {
      bfloat16.close();
      throw e;
    }
    if (settings.precision() == Precision.AUTO && !(moved <= settings.tolerance())) {
      LOG.warn(
          "precision bf16 moves an answer by {} (expected: at most {}): serving in fp32",
          format(moved),
          settings.tolerance());
      bfloat16.close();
      return new EngineSelection(opening.open(DataType.DT_FLOAT), Precision.FP32);
    }
    LOG.info("precision bf16 moves answers by at most {} on {} texts", format(moved), probe.size());
    return new EngineSelection(bfloat16, Precision.BF16);
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

  private record Opening(
      PreparedModel model, Encoder encoder, EngineSettings settings, List<TokenIds> probe) {

    /** The probe's answers by the graph as it was exported: what any other form is held to. */
    List<float[]> reference() {
      try (TensorFlowEngine engine = openAsExported(model, settings)) {
        return engine.run(probe);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** With fused ops where they run, else without. */
    TensorFlowEngine open(DataType type) throws IOException {
      if (CpuFeatures.ofThisMachine().isX86()) {
        TensorFlowEngine fused = null;
        try {
          fused = engine(type, true);
          fused.run(probe.subList(0, 1));
          return fused;
        } catch (TensorFlowException | IllegalArgumentException e) {
          if (fused != null) {
            fused.close();
          }
          LOG.warn("fused ops do not run here, plain ones will: {}", e.getMessage());
        }
      }
      return engine(type, false);
    }

    private TensorFlowEngine engine(DataType type, boolean fusedOps) throws IOException {
      return new TensorFlowEngine(
          encoder.lower(type, fusedOps), model.signature().outputs(), model.lengths(), settings);
    }
  }
}
