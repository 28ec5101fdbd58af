package dev.bertserve.server.tensorflow;

import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.prepared.Int8Trial;
import dev.bertserve.server.prepared.Move;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.Quantised;
import dev.bertserve.server.prepared.Reference;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.Int8Scope;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.DataType;

/**
 * Rounds a model's products to 8 bits, and measures what that moves. Where it moves too much, fewer
 * products are rounded.
 *
 * @param device runs the model
 * @param settings the tolerance, and threads
 * @param clockNanos times runs
 */
record Int8Search(Device device, EngineSettings settings, LongSupplier clockNanos) {

  private static final Logger LOG = LoggerFactory.getLogger(Int8Search.class);

  /**
   * The fastest form within the tolerance, or the fastest one if none is; empty if no product of
   * {@code model} can be rounded. Without {@code heldBack}, or where 8-bit products do not run,
   * nothing is measured.
   *
   * @param ranging rows that choose ranges
   * @param heldBack other rows, that are measured
   */
  Optional<Quantised> search(PreparedModel model, List<TokenIds> ranging, List<TokenIds> heldBack)
      throws IOException {
    Encoder encoder = model.recognised();
    RowLengths lengths = model.lengths(encoder);
    Calibration calibration =
        new Calibrator(device, settings.threadsPerRun()).calibrate(encoder, lengths, ranging);
    if (calibration.isEmpty()) {
      return Optional.empty();
    }
    if (!device.hasInt8() || heldBack.isEmpty()) {
      FlatGraph unmeasured = encoder.inInt8(calibration, Int8Scope.LAYERS).graph();
      return Optional.of(new Quantised(unmeasured, Optional.empty()));
    }
    Reference exact = EngineSelection.reference(model, settings, heldBack);
    FormRuns runs =
        new FormRuns(model.outputs(), lengths, settings.threadsPerRun(), heldBack, clockNanos);
    DataType next = device.fastest().type();
    long nextNanos = runs.of(encoder.lower(next, Target.ONE_DNN)).nanos();
    List<Quantised> tried = new ArrayList<>();
    for (Int8Scope scope : Int8Scope.values()) {
      Encoder inInt8 = encoder.inInt8(calibration, scope);
      FormRuns.Run run = runs.of(inInt8.lowerInInt8(next, Target.ONE_DNN));
      Move move = exact.move(run.outputs());
      Int8Trial trial = new Int8Trial(move, (double) nextNanos / run.nanos(), device.processor());
      LOG.info("int8, {}: {}", scope.label(), trial);
      Quantised quantised = new Quantised(inInt8.graph(), Optional.of(trial));
      if (move.largest() <= settings.tolerance()) {
        return Optional.of(quantised);
      }
      tried.add(quantised);
    }
    return Optional.of(tried.get(0));
  }
}
