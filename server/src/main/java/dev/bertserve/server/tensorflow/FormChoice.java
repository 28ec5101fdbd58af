package dev.bertserve.server.tensorflow;

import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.prepared.Reference;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.Engine;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the form of a model: the first one whose probe run succeeds and matches the exported
 * graph. Closes the forms that are not chosen.
 *
 * @param settings the requested precision
 * @param faster precisions that are faster than float32, the fastest first; for {@link
 *     Precision#AUTO}
 * @param reference probe rows, and the outputs of the exported graph for them
 */
record FormChoice(EngineSettings settings, List<Precision> faster, Reference reference) {

  /**
   * Absolute for outputs up to 1, relative for larger ones. A different order of sums changes
   * outputs by less.
   */
  private static final double FLOAT32_TOLERANCE = 1e-4;

  private static final Logger LOG = LoggerFactory.getLogger(FormChoice.class);

  /** Opens the forms of one model. */
  interface Forms<E> {
    E rewritten(Precision precision) throws IOException;

    E asExported() throws IOException;
  }

  /** An engine and its precision. */
  record Chosen<E>(E engine, Precision precision) {}

  /** Throws if a precision other than float32 was requested and does not run. */
  <E extends Engine> Chosen<E> choose(Forms<E> forms) throws IOException {
    if (settings.precision() != Precision.AUTO && settings.precision() != Precision.FP32) {
      return requested(forms, settings.precision());
    }
    if (settings.precision() == Precision.AUTO) {
      for (int i = 0; i < faster.size(); i++) {
        String next = (i + 1 < faster.size() ? faster.get(i + 1) : Precision.FP32).label();
        Optional<Chosen<E>> chosen = withinTolerance(forms, faster.get(i), next);
        if (chosen.isPresent()) {
          return chosen.get();
        }
      }
    }
    return float32(forms);
  }

  private <E extends Engine> Optional<Chosen<E>> withinTolerance(
      Forms<E> forms, Precision precision, String next) throws IOException {
    try {
      E engine = forms.rewritten(precision);
      double moved = reference.largestMove(ProbeRun.run(engine, reference.rows()));
      if (moved <= settings.tolerance()) {
        return Optional.of(chosen(engine, precision, moved));
      }
      engine.close();
      LOG.warn(
          "precision {} changes an output by {} (expected: at most {}): serving in {}",
          precision.label(),
          format(moved),
          settings.tolerance(),
          next);
    } catch (RuntimeException e) {
      LOG.warn(
          "precision {} does not run here, serving in {}: {}",
          precision.label(),
          next,
          Reason.of(e));
    }
    return Optional.empty();
  }

  private <E extends Engine> Chosen<E> requested(Forms<E> forms, Precision precision)
      throws IOException {
    try {
      E engine = forms.rewritten(precision);
      List<Column> outputs = ProbeRun.run(engine, reference.rows());
      return chosen(engine, precision, reference.largestMove(outputs));
    } catch (RuntimeException e) {
      throw new UnsupportedModelException(
          "precision: "
              + precision.label()
              + " (expected: one that runs here, such as fp32 or auto): "
              + Reason.of(e),
          e);
    }
  }

  private <E> Chosen<E> chosen(E engine, Precision precision, double moved) {
    LOG.info(
        "precision {} changes outputs by at most {} on {} texts",
        precision.label(),
        format(moved),
        reference.rows().size());
    return new Chosen<>(engine, precision);
  }

  private <E extends Engine> Chosen<E> float32(Forms<E> forms) throws IOException {
    try {
      E engine = forms.rewritten(Precision.FP32);
      double moved = reference.largestRelativeMove(ProbeRun.run(engine, reference.rows()));
      if (moved <= FLOAT32_TOLERANCE) {
        return new Chosen<>(engine, Precision.FP32);
      }
      engine.close();
      LOG.warn(
          "the rewritten graph changes an output by {} (expected: at most {}): serving the"
              + " exported graph",
          format(moved),
          FLOAT32_TOLERANCE);
    } catch (RuntimeException e) {
      LOG.warn("the rewritten graph does not run, serving the exported graph: {}", Reason.of(e));
    }
    return new Chosen<>(forms.asExported(), Precision.FP32);
  }

  private static String format(double difference) {
    return String.format(Locale.ROOT, "%.2g", difference);
  }
}
