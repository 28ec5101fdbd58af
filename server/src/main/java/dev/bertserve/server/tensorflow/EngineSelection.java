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
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.DataType;

/**
 * The engine in the form and the precision that this machine runs, found by running them.
 *
 * @param engine ready to run
 * @param precision that it runs in, never AUTO
 */
public record EngineSelection(TensorFlowEngine engine, Precision precision) {

  /** Of answers up to 1; of others, their share. Sums in another order move them by less. */
  private static final double FLOAT32_TOLERANCE = 1e-4;

  /** Up to here oneDNN packs float32 weights otherwise than beyond; bfloat16 ones in one way. */
  private static final int FEW_TOKENS = 95;

  private static final int ONE_SET = 0;

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
    Opening opening =
        new Opening(model, Encoder.recognise(model.graph().copy()), settings, reference.rows());
    if (wanted(settings.precision()) == Precision.BF16) {
      TensorFlowEngine engine = opening.open(DataType.DT_BFLOAT16);
      double moved = reference.largestMove(engine.run(reference.rows()));
      if (settings.precision() == Precision.BF16 || moved <= settings.tolerance()) {
        LOG.info(
            "precision bf16 moves answers by at most {} on {} texts",
            format(moved),
            reference.rows().size());
        return new EngineSelection(engine, Precision.BF16);
      }
      engine.close();
      LOG.warn(
          "precision bf16 moves an answer by {} (expected: at most {}): serving in fp32",
          format(moved),
          settings.tolerance());
    }
    TensorFlowEngine engine = opening.open(DataType.DT_FLOAT);
    double moved = reference.largestRelativeMove(engine.run(reference.rows()));
    if (moved <= FLOAT32_TOLERANCE) {
      return new EngineSelection(engine, Precision.FP32);
    }
    engine.close();
    LOG.warn(
        "the rewritten graph moves an answer by {} (expected: at most {}): serving it as exported",
        format(moved),
        FLOAT32_TOLERANCE);
    return new EngineSelection(openAsExported(model, settings), Precision.FP32);
  }

  private static Precision wanted(Precision asked) {
    if (asked != Precision.AUTO) {
      return asked;
    }
    return CpuFeatures.ofThisMachine().hasBfloat16() ? Precision.BF16 : Precision.FP32;
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
    return new TensorFlowEngine(
        model.graph(), model.signature().outputs(), model.lengths(), ONE_SET, settings);
  }

  private static String format(double difference) {
    return String.format(Locale.ROOT, "%.2g", difference);
  }

  private record Opening(
      PreparedModel model, Encoder encoder, EngineSettings settings, List<TokenIds> probe) {

    /** With fused ops where they run, else without. */
    TensorFlowEngine open(DataType type) throws IOException {
      if (CpuFeatures.ofThisMachine().isX86()) {
        TensorFlowEngine fused = null;
        try {
          fused = engine(type, true);
          fused.run(probe);
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
          encoder.lower(type, fusedOps),
          model.signature().outputs(),
          model.lengths(),
          fusedOps && type == DataType.DT_FLOAT ? FEW_TOKENS : ONE_SET,
          settings);
    }
  }
}
