package dev.bertserve.server.prepared;

import java.util.Optional;

/** The trial of a graph in 8 bits in a manifest. */
final class Int8TrialEntries {

  private static final String TEXTS = "int8.texts";
  private static final String LARGEST = "int8.largest";
  private static final String MEAN = "int8.mean";
  private static final String FLIPS = "int8.flips";
  private static final String SPEED = "int8.speed";
  private static final String PROCESSOR = "int8.processor";

  private Int8TrialEntries() {}

  static void write(Optional<Int8Trial> known, Manifest manifest) {
    if (known.isEmpty()) {
      return;
    }
    Int8Trial trial = known.get();
    manifest.put(TEXTS, trial.move().texts());
    manifest.put(LARGEST, trial.move().largest());
    manifest.put(MEAN, trial.move().mean());
    manifest.put(FLIPS, trial.move().flips());
    manifest.put(SPEED, trial.speed());
    manifest.put(PROCESSOR, trial.processor());
  }

  static Optional<Int8Trial> read(Manifest manifest) {
    if (!manifest.has(TEXTS)) {
      return Optional.empty();
    }
    Move move =
        new Move(
            manifest.number(TEXTS),
            Double.parseDouble(manifest.get(LARGEST)),
            Double.parseDouble(manifest.get(MEAN)),
            manifest.number(FLIPS));
    return Optional.of(
        new Int8Trial(move, Double.parseDouble(manifest.get(SPEED)), manifest.get(PROCESSOR)));
  }
}
