package dev.bertserve.server.tensorflow;

import dev.bertserve.server.prepared.Int8Trial;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.Quantised;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  /** For less, the more exact precision is preferred. */
  private static final double MIN_SPEED = 1.1;

  /** The fastest one first. */
  List<Precision> of(PreparedModel model) {
    List<Precision> faster = new ArrayList<>();
    if (device.hasInt8()
        && model.quantised().isPresent()
        && settings.precision() == Precision.AUTO) {
      Optional<String> fault =
          model
              .quantised()
              .flatMap(Quantised::trial)
              .map(this::fault)
              .orElse(Optional.of("it was not measured (expected: prepared where int8 runs)"));
      if (fault.isEmpty()) {
        faster.add(Precision.INT8);
      } else {
        LOG.info("precision int8 is not chosen: {}", fault.get());
      }
    }
    if (device.fastest() != Precision.FP32) {
      faster.add(device.fastest());
    }
    return faster;
  }

  /** Why int8 is not chosen; empty if it is. */
  private Optional<String> fault(Int8Trial trial) {
    if (!(trial.move().largest() <= settings.tolerance())) {
      return Optional.of(
          "it changes outputs by "
              + trial.move()
              + " (expected: at most "
              + settings.tolerance()
              + ")");
    }
    if (device.fastest() == Precision.FP32) {
      return Optional.empty();
    }
    String next = device.fastest().label();
    if (!trial.processor().equals(device.processor())) {
      return Optional.of(
          "it was compared with "
              + next
              + " on "
              + trial.processor()
              + " (expected: on "
              + device.processor()
              + ")");
    }
    return trial.speed() >= MIN_SPEED
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "it is %.2f times as fast as %s (expected: at least %.2f)",
                trial.speed(),
                next,
                MIN_SPEED));
  }
}
