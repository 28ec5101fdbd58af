package dev.bertserve.server.savedmodel;

import java.util.Optional;

/** The move of a graph in 8 bits in a manifest. */
final class MoveEntries {

  private static final String TEXTS = "int8.texts";
  private static final String LARGEST = "int8.largest";
  private static final String MEAN = "int8.mean";
  private static final String FLIPS = "int8.flips";

  private MoveEntries() {}

  static void write(Optional<Move> known, Manifest manifest) {
    if (known.isPresent()) {
      Move move = known.get();
      manifest.put(TEXTS, move.texts());
      manifest.put(LARGEST, move.largest());
      manifest.put(MEAN, move.mean());
      manifest.put(FLIPS, move.flips());
    }
  }

  static Optional<Move> read(Manifest manifest) {
    return manifest.has(TEXTS)
        ? Optional.of(
            new Move(
                manifest.number(TEXTS),
                Double.parseDouble(manifest.get(LARGEST)),
                Double.parseDouble(manifest.get(MEAN)),
                manifest.number(FLIPS)))
        : Optional.empty();
  }
}
