package dev.bertserve.server.bulk;

import dev.bertserve.server.protocol.rows.PredictionForm;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where scored rows go, and what they hold.
 *
 * @param file whose name tells format and compression; empty for standard output, in JSON lines
 * @param form of predictions in JSON
 * @param topK number of the largest scores of a row to write; 0 for all
 * @param model its name, which an output depends on
 */
public record OutputChoice(Optional<Path> file, PredictionForm form, int topK, String model) {

  /** Why a command fails whose standard output cannot be written. */
  public static final String LOST =
      "standard output: closed, or its disk is full (expected: to be written)";

  public OutputChoice {
    if (topK < 0) {
      throw new IllegalArgumentException("top-k: " + topK + " (expected: >= 0)");
    }
    String name = file.map(Path::toString).orElse("");
    RowFormat format = RowFormat.of(name);
    format.requireLibraries(name);
    if (Packing.of(name) != Packing.NONE && format.isRecords()) {
      throw new IllegalArgumentException(
          "output: " + name + " (expected: no .gz or .zst, since the format has its own)");
    }
  }

  RowFormat format() {
    return file.map(path -> RowFormat.of(path.toString())).orElse(RowFormat.JSONL);
  }

  OutputTarget target(JoinedRows rows) {
    if (file.isEmpty()) {
      return new StreamTarget(System.out, System.err);
    }
    RowLayout layout = rows.layout();
    String settings =
        "model %s, form %s, top-k %d, columns %s, keys %s, files %s"
            .formatted(model, form, topK, layout.fields(), layout.keys(), rows.names());
    return new FileTarget(
        file.get(), format() == RowFormat.PARQUET, Packing.of(file.get().toString()), settings);
  }
}
