package dev.bertserve.server.tensorflow;

import dev.bertserve.server.savedmodel.Move;
import dev.bertserve.server.savedmodel.PreparedModel;
import dev.bertserve.server.savedmodel.Quantised;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The precisions faster than float32 that {@link Precision#AUTO} tries.
 *
 * @param device runs the model
 * @param settings the tolerance
 */
record FasterForms(Device device, EngineSettings settings) {

  private static final Logger LOG = LoggerFactory.getLogger(FasterForms.class);

  /** The fastest one first. */
  List<Precision> of(PreparedModel model) {
    List<Precision> faster = new ArrayList<>();
    if (device.hasInt8() && isWithinTolerance(model.quantised())) {
      faster.add(Precision.INT8);
    }
    if (device.fastest() != Precision.FP32) {
      faster.add(device.fastest());
    }
    return faster;
  }

  private boolean isWithinTolerance(Optional<Quantised> quantised) {
    Optional<Move> move = quantised.flatMap(Quantised::move);
    if (move.isEmpty() || settings.precision() != Precision.AUTO) {
      return false;
    }
    if (move.get().largest() <= settings.tolerance()) {
      return true;
    }
    LOG.info(
        "precision int8 is not chosen: it moves outputs by {} (expected: at most {})",
        move.get(),
        settings.tolerance());
    return false;
  }
}
