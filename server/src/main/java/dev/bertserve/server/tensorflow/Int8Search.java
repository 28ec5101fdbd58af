package dev.bertserve.server.tensorflow;

import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.Int8Scope;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.savedmodel.Move;
import dev.bertserve.server.savedmodel.PreparedModel;
import dev.bertserve.server.savedmodel.Quantised;
import dev.bertserve.server.savedmodel.Reference;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.DataType;

/**
 * Rounds a model's products to 8 bits, and measures what that moves. Where it moves too much, fewer
 * products are rounded.
 *
 * @param device runs the model
 * @param settings the tolerance, and threads
 */
record Int8Search(Device device, EngineSettings settings) {

  private static final Logger LOG = LoggerFactory.getLogger(Int8Search.class);

  /**
   * The fastest form within the tolerance, or the fastest one if none is; empty if no product of
   * {@code model} can be rounded. Where 8-bit products do not run, nothing is measured.
   *
   * @param ranging rows that choose ranges
   * @param heldBack other rows, that are measured
   */
  Optional<Quantised> search(PreparedModel model, List<TokenIds> ranging, List<TokenIds> heldBack)
      throws IOException {
    Encoder encoder = Encoder.recognise(model.graph().copy(), model.lengths().fixed());
    Calibration calibration =
        new Calibrator(device, settings.threadsPerRun())
            .calibrate(encoder, model.lengths(), ranging);
    if (calibration.isEmpty()) {
      return Optional.empty();
    }
    if (!device.hasInt8() || heldBack.isEmpty()) {
      FlatGraph unmeasured = encoder.inInt8(calibration, Int8Scope.LAYERS).graph();
      return Optional.of(new Quantised(unmeasured, Optional.empty()));
    }
    Trials trials = new Trials(model, settings, encoder, heldBack);
    Reference exact = new Reference(heldBack, trials.exact());
    List<Quantised> measured = new ArrayList<>();
    for (Int8Scope scope : Int8Scope.values()) {
      FlatGraph graph = encoder.inInt8(calibration, scope).graph();
      Move move = exact.move(trials.inInt8(graph, device.fastest()));
      LOG.info("8-bit products, {}: outputs move by {}", scope.label(), move);
      measured.add(new Quantised(graph, Optional.of(move)));
      if (move.largest() <= settings.tolerance()) {
        return Optional.of(measured.get(measured.size() - 1));
      }
    }
    return Optional.of(measured.get(0));
  }

  /** Runs of the same rows through forms of one model. */
  private record Trials(
      PreparedModel model, EngineSettings settings, Encoder encoder, List<TokenIds> rows) {

    List<Column> exact() throws IOException {
      return run(
          encoder.lower(DataType.DT_FLOAT, Target.PLAIN),
          GraphForm.of(Target.PLAIN, Precision.FP32));
    }

    List<Column> inInt8(FlatGraph quantised, Precision attention) throws IOException {
      return run(
          Encoder.quantised(quantised).lowerInInt8(attention.type()),
          GraphForm.of(Target.ONE_DNN, Precision.INT8));
    }

    private List<Column> run(FlatGraph lowered, GraphForm form) throws IOException {
      try (TensorFlowEngine engine =
          new TensorFlowEngine(
              lowered,
              model.outputs(),
              model.lengths(),
              Device.INT8_SHAPES,
              form,
              settings.threadsPerRun())) {
        return engine.runAll(TokenRow.allOf(rows));
      }
    }
  }
}
