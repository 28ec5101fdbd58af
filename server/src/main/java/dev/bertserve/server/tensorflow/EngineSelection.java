package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.ShapeRule;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.Reference;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.DataType;

/**
 * The chosen engine: the form and precision that runs on this machine, found by probe runs.
 *
 * @param engine ready to run
 * @param precision precision of the engine, never AUTO
 * @param maxRunners largest useful number of concurrent batches
 * @param device the device, and why it was chosen; for the log
 */
public record EngineSelection(
    TensorFlowEngine engine, Precision precision, int maxRunners, String device) {

  private static final Logger LOG = LoggerFactory.getLogger(EngineSelection.class);

  /**
   * Opens {@code model}.
   *
   * @param probe rows for comparing the forms, unless reference outputs are stored with the model
   */
  public static EngineSelection open(
      PreparedModel model, EngineSettings requested, List<TokenIds> probe) throws IOException {
    EngineSettings settings = model.hasFloats() ? requested : requested.inInt8Only();
    Reference reference =
        model.reference().rows().isEmpty() ? reference(model, settings, probe) : model.reference();
    Device device = Device.ofThisMachine();
    Opening opening =
        new Opening(
            device,
            model,
            settings,
            new TargetTrial(model.outputs(), settings.threadsPerRun(), reference.rows()));
    FormChoice.Chosen<TensorFlowEngine> chosen =
        new FormChoice(settings, new FasterForms(device, settings).of(model), reference)
            .choose(
                new FormChoice.Forms<>() {
                  @Override
                  public TensorFlowEngine rewritten(Precision precision) throws IOException {
                    return opening.in(precision);
                  }

                  @Override
                  public TensorFlowEngine asExported() throws IOException {
                    return openAsExported(model, settings, device.rule());
                  }
                });
    return new EngineSelection(
        chosen.engine(), chosen.precision(), device.maxRunners(), device.reason());
  }

  /** Runs {@code rows} through the exported graph. */
  public static Reference reference(
      PreparedModel model, EngineSettings settings, List<TokenIds> rows) throws IOException {
    try (TensorFlowEngine engine = openAsExported(model, settings)) {
      return new Reference(rows, engine.runAll(TokenRow.allOf(rows)));
    }
  }

  /**
   * Adds a graph in 8 bits to {@code model}.
   *
   * @param ranging rows that choose its ranges
   * @param heldBack other rows, on which it is measured; none if it is not
   */
  public static PreparedModel quantised(
      PreparedModel model, EngineSettings settings, List<TokenIds> ranging, List<TokenIds> heldBack)
      throws IOException {
    return model.withQuantised(
        new Int8Search(Device.ofThisMachine(), settings, System::nanoTime)
            .search(model, ranging, heldBack));
  }

  /** Whether the processor of this machine multiplies 8-bit numbers for {@link Precision#INT8}. */
  public static boolean hasInt8() {
    return CpuFeatures.ofThisMachine().hasInt8();
  }

  /** Loads TensorFlow's libraries ahead of their first use. */
  public static void loadLibraries() {
    LOG.debug("TensorFlow {}", TensorFlow.version());
  }

  /**
   * Opens the exported graph of {@code model} in float32, the reference for the rewritten forms.
   */
  public static TensorFlowEngine openAsExported(PreparedModel model, EngineSettings settings)
      throws IOException {
    // Small shapes run on every device, and speed does not matter here.
    return openAsExported(model, settings, Device.CPU_SHAPES);
  }

  private static TensorFlowEngine openAsExported(
      PreparedModel model, EngineSettings settings, ShapeRule rule) throws IOException {
    return new TensorFlowEngine(
        LoweredGraphs.of(model.graph()),
        model.outputs(),
        model.lengths(),
        rule.withMaxTokens(settings.maxBatchTokens()),
        GraphForm.AS_EXPORTED,
        settings.threadsPerRun());
  }

  private record Opening(
      Device device, PreparedModel model, EngineSettings settings, TargetTrial trial) {

    TensorFlowEngine in(Precision precision) throws IOException {
      if (precision == Precision.INT8) {
        return inInt8();
      }
      Encoder encoder = model.recognised();
      return trial.open(
          device.targets(precision, width(encoder), settings.threadsPerRun()),
          precision,
          model.lengths(encoder),
          rule(device.rule()),
          target -> LoweredGraphs.of(encoder.lower(precision.type(), target)));
    }

    private TensorFlowEngine inInt8() throws IOException {
      device.requireInt8();
      Encoder encoder =
          model
              .quantised()
              .map(quantised -> Encoder.quantised(quantised.graph()))
              .orElseThrow(
                  () -> new UnsupportedModelException("no product of a layer can run in 8 bits"));
      DataType attention = device.fastest().type();
      return trial.open(
          device.int8Targets(width(encoder), settings.threadsPerRun()),
          Precision.INT8,
          model.lengths(encoder),
          rule(Device.INT8_SHAPES),
          target ->
              new LoweredGraphs(
                  encoder.lowerInInt8(attention, Target.ONE_DNN),
                  target == Target.ONE_DNN_IN_HALVES
                      ? Optional.of(encoder.lowerInInt8(attention, target))
                      : Optional.empty()));
    }

    private int width(Encoder encoder) {
      return Math.max(encoder.width(), model.encoder().width());
    }

    private ShapeRule rule(ShapeRule ofDevice) {
      return ofDevice.withMaxTokens(settings.maxBatchTokens());
    }
  }
}
